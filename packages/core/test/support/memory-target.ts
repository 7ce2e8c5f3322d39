import { createHash } from "node:crypto";
import { createCRC64 } from "hash-wasm";
import { ServiceError, TransportError } from "../../src/errors.ts";
import type { BodyInBlocks } from "../../src/runtime/wire.ts";
import type {
  ListedPart,
  PartToSend,
  StoredObject,
  StoredResponse,
  UploadTarget,
} from "../../src/upload/target.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const crc64 = await createCRC64();

export function crc64Of(bytes: Uint8Array): bigint {
  return BigInt(`0x${crc64.init().update(bytes).digest("hex")}`);
}

export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

export type Operation =
  | "put"
  | "initiate"
  | "putPart"
  | "listParts"
  | "complete"
  | "abort"
  | "head"
  | "unfinished";

/** The fault of one request. */
export type Fault =
  /** It does not happen, and this is thrown. */
  | { readonly refuse: Error }
  /** It happens, and this is thrown. */
  | { readonly lose: Error }
  /** One bit of the body is another one when it arrives. */
  | { readonly corrupt: true };

export interface Request {
  readonly operation: Operation;
  /** The number of earlier requests of this operation. */
  readonly nth: number;
  readonly partNumber?: number;
}

interface StoredPart {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

export const noSuchUpload = (): ServiceError => serviceErrorOf(404, "NoSuchUpload", "not-found");
export const serverError = (): ServiceError => serviceErrorOf(500, "InternalError", "service-unavailable");
export const denied = (): ServiceError => serviceErrorOf(403, "AccessDenied", "access-denied");
export const lost = (): TransportError => new TransportError("no response", "timeout");

export function serviceErrorOf(status: number, cosCode: string, code: ServiceError["code"]): ServiceError {
  return new ServiceError(cosCode, { code, retryable: status >= 500, status, cosCode, requestId: "id" });
}

/** One key of a COS in memory, with the interface that the uploader uses, a latency and faults. */
export class MemoryTarget implements UploadTarget {
  object: { bytes: Uint8Array; etag: string } | undefined;
  readonly uploads = new Map<string, Map<number, StoredPart>>();
  /** Fields of HEAD besides the digests. */
  headers: Readonly<Record<string, string>> = { "content-type": "text/plain" };
  readonly requests: Request[] = [];
  /** Requests without a response. */
  inFlight = 0;
  maxInFlight = 0;
  /** The minimum size of all parts but the last. */
  minimumPart = 1024;
  /** Whether responses have x-cos-hash-crc64ecma. */
  tellsCrc64 = true;
  /** Whether a part's ETag is its MD5. */
  etagIsMd5 = true;
  fault: (request: Request) => Fault | undefined = () => undefined;
  latencyMs: () => number = () => 10;
  #issued = 0;

  constructor(readonly clock: VirtualClock) {}

  countOf(operation: Operation): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  /** Initiates an upload of another client. */
  plant(parts: ReadonlyMap<number, Uint8Array>): string {
    const id = this.#begin();
    for (const [partNumber, bytes] of parts) this.#store(id, partNumber, bytes);
    return id;
  }

  replaceObject(bytes: Uint8Array): void {
    this.object = { bytes: bytes.slice(), etag: md5Of(bytes) };
  }

  put(body: Uint8Array, md5: Uint8Array | undefined, signal: AbortSignal): Promise<StoredObject> {
    return this.#request({ operation: "put" }, signal, (corrupt) => {
      const bytes = received(body, corrupt);
      checkMd5(bytes, md5);
      this.object = { bytes, etag: md5Of(bytes) };
      return this.#described(bytes, this.object.etag);
    });
  }

  initiate(signal: AbortSignal): Promise<string> {
    return this.#request({ operation: "initiate" }, signal, () => this.#begin());
  }

  putPart(
    uploadId: string,
    partNumber: number,
    { body, md5 }: PartToSend,
    signal: AbortSignal,
  ): Promise<StoredResponse> {
    const store = (whole: Uint8Array): Promise<StoredResponse> =>
      this.#request({ operation: "putPart", partNumber }, signal, (corrupt) => {
        this.#uploadOf(uploadId);
        const bytes = received(whole, corrupt);
        checkMd5(bytes, md5);
        return { etag: this.#store(uploadId, partNumber, bytes), crc64: this.#crc64(bytes) };
      });
    return ArrayBuffer.isView(body) ? store(body) : readBlocks(body.begin()).then(store);
  }

  async *listParts(uploadId: string, signal: AbortSignal): AsyncIterable<ListedPart> {
    const listed = await this.#request({ operation: "listParts" }, signal, () =>
      [...this.#uploadOf(uploadId)].map(([partNumber, { bytes, etag }]) => ({
        partNumber,
        size: bytes.length,
        etag,
      })),
    );
    yield* listed.sort((a, b) => a.partNumber - b.partNumber);
  }

  complete(
    uploadId: string,
    parts: readonly { readonly partNumber: number; readonly etag: string }[],
    signal: AbortSignal,
  ): Promise<StoredObject> {
    return this.#request({ operation: "complete" }, signal, () => {
      const stored = this.#uploadOf(uploadId);
      const bodies = parts.map(({ partNumber, etag }, index) => {
        const part = stored.get(partNumber);
        if (part === undefined || part.etag !== etag)
          throw serviceErrorOf(400, "InvalidPart", "invalid-request");
        if (partNumber !== index + 1) throw serviceErrorOf(400, "InvalidPartOrder", "invalid-request");
        if (index < parts.length - 1 && part.bytes.length < this.minimumPart)
          throw serviceErrorOf(400, "EntityTooSmall", "invalid-request");
        return part.bytes;
      });
      const bytes = new Uint8Array(Buffer.concat(bodies));
      this.object = { bytes, etag: `${md5Of(bytes)}-${parts.length}` };
      this.uploads.delete(uploadId);
      return this.#described(bytes, this.object.etag);
    });
  }

  abort(uploadId: string, signal?: AbortSignal): Promise<void> {
    return this.#request({ operation: "abort" }, signal, () => {
      this.#uploadOf(uploadId);
      this.uploads.delete(uploadId);
    });
  }

  head(signal: AbortSignal): Promise<(StoredObject & { readonly size: number }) | undefined> {
    return this.#request({ operation: "head" }, signal, () => {
      if (this.object === undefined) return undefined;
      const { bytes, etag } = this.object;
      return { ...this.#described(bytes, etag), size: bytes.length };
    });
  }

  unfinished(signal: AbortSignal): Promise<string[]> {
    return this.#request({ operation: "unfinished" }, signal, () => [...this.uploads.keys()].reverse());
  }

  #begin(): string {
    this.#issued += 1;
    const id = `upload-${this.#issued}`;
    this.uploads.set(id, new Map());
    return id;
  }

  #store(uploadId: string, partNumber: number, bytes: Uint8Array): string {
    const etag = this.etagIsMd5 ? md5Of(bytes) : `kms-${md5Of(bytes)}`;
    this.#uploadOf(uploadId).set(partNumber, { bytes: bytes.slice(), etag });
    return etag;
  }

  #uploadOf(uploadId: string): Map<number, StoredPart> {
    const upload = this.uploads.get(uploadId);
    if (upload === undefined) throw noSuchUpload();
    return upload;
  }

  #crc64(bytes: Uint8Array): bigint | undefined {
    return this.tellsCrc64 ? crc64Of(bytes) : undefined;
  }

  #described(bytes: Uint8Array, etag: string): StoredObject {
    const crc64 = this.#crc64(bytes);
    return { etag, crc64, location: undefined, versionId: undefined, requestId: "id", headers: this.headers };
  }

  /**
   * Half of the latency passes before the request takes effect, half after it, so that an abort may come before or
   * after.
   */
  async #request<T>(
    what: { operation: Operation; partNumber?: number },
    signal: AbortSignal | undefined,
    effect: (corrupt: boolean) => T,
  ): Promise<T> {
    signal?.throwIfAborted();
    const request: Request = { ...what, nth: this.countOf(what.operation) };
    this.requests.push(request);
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    try {
      const fault = this.fault(request);
      await this.#wait(this.latencyMs() / 2, signal);
      if (fault !== undefined && "refuse" in fault) throw fault.refuse;
      const result = effect(fault !== undefined && "corrupt" in fault);
      await this.#wait(this.latencyMs() / 2, signal);
      if (fault !== undefined && "lose" in fault) throw fault.lose;
      return result;
    } finally {
      this.inFlight -= 1;
    }
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.clock.timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}

function received(body: Uint8Array, corrupt: boolean): Uint8Array<ArrayBuffer> {
  const bytes = body.slice() as Uint8Array<ArrayBuffer>;
  if (corrupt) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  return bytes;
}

function checkMd5(bytes: Uint8Array, md5: Uint8Array | undefined): void {
  if (md5 !== undefined && Buffer.from(md5).toString("hex") !== md5Of(bytes))
    throw serviceErrorOf(400, "BadDigest", "invalid-request");
}

/** Asks for every block, as a runtime does that sends them. */
async function readBlocks(body: BodyInBlocks): Promise<Uint8Array> {
  const whole = new Uint8Array(body.length);
  for (let at = 0; at < body.length; ) {
    const block = await body.block(at);
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
