import type { DigestCore } from "../digest/digest-core.ts";
import { IntegrityError, ServiceError } from "../errors.ts";
import type { CosResponse, RequestSpec } from "../http/request-spec.ts";
import { sendWithRetry } from "../http/retry.ts";
import { describeObject } from "../requests/object-description.ts";
import { crc64Header } from "../requests/response-checksums.ts";
import { requireHeader } from "../requests/validate-response.ts";
import type { ClientContext } from "../transfers/context.ts";
import { intactRanges } from "./kept-ranges.ts";
import type { DownloadFileParameters, DownloadResult } from "./parameters.ts";
import { type DoneRange, wholeCrc64 } from "./ranges.ts";
import { type RecordSession, warn } from "./record-session.ts";
import { Recorder } from "./recorder.ts";
import type { SourceObject } from "./source-object.ts";
import type { Target, UnfinishedFile } from "./target-file.ts";
import { BUFFER_BYTES, Transfer } from "./transfer.ts";

const MB = 1024 ** 2;
const DEFAULT_PART_MB = 8;
const DEFAULT_CONCURRENCY = 5;

export interface DownloadParts {
  readonly context: ClientContext;
  readonly parameters: DownloadFileParameters;
  /** The GET without its Range. */
  readonly spec: RequestSpec;
  readonly target: Target;
  readonly session: RecordSession;
  readonly file: UnfinishedFile;
}

/** What is in the file before the transfer begins. */
interface Beginning {
  readonly object: SourceObject | undefined;
  readonly done: readonly DoneRange[];
}

/** One download: what is kept, the transfer of the rest, the comparison of the whole, and the step to the path. */
export class Download {
  readonly #parts: DownloadParts;
  readonly #recorder: Recorder;
  #transfer: Transfer | undefined;
  #received = 0;
  #resumed = 0;

  constructor(parts: DownloadParts) {
    this.#parts = parts;
    this.#recorder = new Recorder(parts.context.clock, async () => {
      const { object, done = [] } = this.#transfer ?? {};
      if (object !== undefined) await parts.session.save(object, done);
    });
  }

  async execute(): Promise<DownloadResult> {
    const { context, parameters, file } = this.#parts;
    const bufferBytes = Math.min(BUFFER_BYTES, context.memoryBudget);
    const core = await context.digestCoreFor(bufferBytes);
    const beginning = await this.#begin(core, bufferBytes);
    const bytesResumed = beginning.done.reduce((sum, { length }) => sum + length, 0);
    this.#received = bytesResumed;
    this.#resumed = bytesResumed;
    const object = await this.#fetch(core, bufferBytes, beginning);
    const crc64 = this.#verify(core, object);
    const handle = await file.open();
    try {
      await handle.truncate(object.size);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await file.moveToTarget(parameters.overwrite ?? true);
    await this.#recorder.end(false);
    parameters.onProgress?.(object.size, object.size, bytesResumed);
    return this.#result(object, crc64, bytesResumed);
  }

  /** Records what has arrived, after a failure. */
  async stop(): Promise<void> {
    await this.#recorder.end(true);
  }

  /** Opens what an earlier call has left, if the object is still the same; otherwise creates an empty file. */
  async #begin(core: DigestCore, bufferBytes: number): Promise<Beginning> {
    const { session, file, parameters } = this.#parts;
    const { earlier } = session;
    if (earlier !== undefined) {
      const object = await this.#head();
      if (object.etag === earlier.etag && object.size === earlier.size) {
        const done = await this.#intact(earlier.done, core, bufferBytes);
        if (done.length > 0) return { object, done };
      } else {
        const text = "the object has changed since the earlier download; the download begins from the start";
        warn(parameters, "resume-discarded", text);
      }
    }
    await (await file.create()).close();
    return { object: undefined, done: [] };
  }

  async #intact(ranges: readonly DoneRange[], core: DigestCore, bufferBytes: number): Promise<DoneRange[]> {
    const { file, parameters } = this.#parts;
    const handle = await file.open().catch(() => undefined);
    if (handle === undefined) return [];
    try {
      const buffer = await core.arena.allocate(bufferBytes, parameters.signal);
      try {
        return await intactRanges(handle, ranges, core, buffer.bytes, parameters.signal);
      } finally {
        buffer.release();
      }
    } finally {
      await handle.close();
    }
  }

  /** Transfers what is missing. An empty object has no range: COS refuses to read one. */
  async #fetch(core: DigestCore, bufferBytes: number, beginning: Beginning): Promise<SourceObject> {
    const { context, parameters, spec, file } = this.#parts;
    const transfer = new Transfer({
      context,
      core,
      bufferBytes,
      spec,
      pieceBytes: Number(parameters.PartSize ?? DEFAULT_PART_MB) * (context.partUnit ?? MB),
      concurrency: Number(parameters.MAXThread ?? DEFAULT_CONCURRENCY),
      file,
      ...beginning,
      onDone: () => this.#recorder.change(),
      onWritten: (bytes) => this.#report(bytes),
    });
    this.#transfer = transfer;
    try {
      await transfer.run();
    } catch (error) {
      const isEmpty = transfer.object === undefined && error instanceof ServiceError && error.status === 416;
      const object = isEmpty ? await this.#head() : undefined;
      if (object?.size === 0) return object;
      throw error;
    }
    return transfer.object as SourceObject;
  }

  async #head(): Promise<SourceObject> {
    const { context, spec } = this.#parts;
    const validateResponse = requireHeader(spec.operation, "etag");
    const response = await sendWithRetry(context, { ...spec, method: "HEAD", validateResponse });
    const { ETag: etag, ContentLength: size } = describeObject(response);
    return { etag, size, crc64: crc64Header(response.headers), response };
  }

  /** The last bytes are reported when the file is at its path. */
  #report(bytes: number): void {
    this.#received += bytes;
    const total = this.#transfer?.object?.size ?? 0;
    if (this.#received < total) this.#parts.parameters.onProgress?.(this.#received, total, this.#resumed);
  }

  /** CRC64 of what is in the file. */
  #verify(core: DigestCore, { size, crc64: expected }: SourceObject): bigint {
    const { parameters } = this.#parts;
    const crc64 = wholeCrc64(core, this.#transfer?.done ?? [], size);
    if (crc64 === undefined) throw new Error("downloadFile: the ranges are not the whole object");
    if (expected === undefined) {
      const text = "COS gave no CRC64 of this object: only its size is compared";
      warn(parameters, "unverified", text);
    } else if (crc64 !== expected) {
      throw new IntegrityError(
        `downloadFile of ${parameters.Key}: the bytes that arrived are not the object's: CRC64`,
        { expected: String(expected), actual: String(crc64) },
        { hint: "make the same call again; if it fails again, the object or a cache on the way is damaged" },
      );
    }
    return crc64;
  }

  #result(
    { size, crc64: expected, response }: SourceObject,
    crc64: bigint,
    bytesResumed: number,
  ): DownloadResult {
    const description = describeObject(response as CosResponse);
    return {
      ...description,
      ContentLength: size,
      path: this.#parts.target.path,
      size,
      crc64: String(crc64),
      verified: expected !== undefined,
      bytesResumed,
    };
  }
}
