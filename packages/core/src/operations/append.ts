import type { DigestCore } from "../digest/digest-core.ts";
import {
  ArgumentRangeError,
  CosError,
  IntegrityError,
  ServiceError,
  SourceError,
  TransportError,
} from "../errors.ts";
import { backoffMs } from "../http/backoff.ts";
import type { Answer } from "../http/call.ts";
import { sendWithRetry } from "../http/retry.ts";
import { type ObjectHeaders, objectHeaders } from "../params/object-headers.ts";
import { headersOf } from "../params/table.ts";
import { TABLES } from "../params/tables.ts";
import { sleep } from "../runtime.ts";
import { toBase64 } from "../text/base64.ts";
import { type Body, openBody } from "../upload/open-body.ts";
import type { ProgressCallback } from "../upload/options.ts";
import { type FilledPart, PartReader } from "../upload/part-reader.ts";
import { sourceChanged, wrongMd5 } from "../upload/put-whole.ts";
import type { ByteSource } from "../upload/source.ts";
import type { ClientContext } from "./context.ts";
import { getObject, headObject, type ObjectParameters } from "./objects.ts";
import { needsHeader } from "./read-result.ts";
import { type CosResult, resultOf } from "./result.ts";

/** What {@link CosClient.appendObject} takes. */
export interface AppendObjectParameters extends ObjectParameters, ObjectHeaders {
  /** Bytes the object has now: 0 for the first append. */
  readonly Position: number | string;
  /** What to append. A stream goes up in several appends, one after the other, with bounded memory. */
  readonly Data: Body;
  /** For uniformity: an append always lets COS check the MD5, because it cannot be taken back. */
  readonly EnableMD5?: boolean | undefined;
  /** Base64 MD5 of the data as you know it. */
  readonly ContentMD5?: string | undefined;
  /** bit/s, 819 200 to 838 860 800 (100 KB/s to 100 MB/s). */
  readonly TrafficLimit?: number | string | undefined;
  /** Told of every byte that COS has acknowledged. */
  readonly onProgress?: ProgressCallback | undefined;
}

/** What {@link CosClient.appendObject} gives. */
export interface AppendObjectResult extends CosResult {
  /** As COS gives it; changes with each append and is never the MD5 of the whole. */
  readonly ETag: string;
  /** `x-cos-next-append-position`: the object's length now. */
  readonly nextAppendPosition: number;
}

/** Times one append is sent, each after proof that the one before it did not happen. */
const ROUNDS = 5;

/**
 * APPEND Object (COS document 436/7741). Appending is not idempotent: when an answer is lost, HEAD tells whether the
 * object has grown, and reading the new bytes back tells whether they are these.
 * @throws {ServiceError} code `conflict`: `Position` is not the object's length, or it is not appendable
 * @throws {CosError} `outcome-unknown`: the answer was lost and HEAD gave none either
 * @throws {SourceError} `source-changed`: the message says how much of it had been appended before
 */
export async function appendObject(
  context: ClientContext,
  parameters: AppendObjectParameters,
): Promise<AppendObjectResult> {
  const source = await openBody(context.runtime, parameters.Data, "Data", undefined, context.readAhead);
  try {
    const core = await context.coreFor(0);
    const partSize = Math.min(context.runtime.defaults.partSize, core.arena.capacity);
    const pieceSize = source.resident ? Math.max(1, source.size ?? 1) : partSize;
    const plan =
      source.size === undefined
        ? undefined
        : {
            size: source.size,
            partSize: pieceSize,
            partCount: Math.max(1, Math.ceil(source.size / pieceSize)),
          };
    if (parameters.ContentMD5 !== undefined && plan?.partCount !== 1) {
      throw new ArgumentRangeError("ContentMD5", "can only be given for data that one append carries");
    }
    const reader = new PartReader(source, core, pieceSize, plan, undefined);
    const signal = parameters.signal ?? new AbortController().signal;
    return await appendPieces(context, parameters, core, source, reader, signal);
  } finally {
    await source.close();
  }
}

async function appendPieces(
  context: ClientContext,
  parameters: AppendObjectParameters,
  core: DigestCore,
  source: ByteSource,
  reader: PartReader,
  signal: AbortSignal,
): Promise<AppendObjectResult> {
  const start = Number(parameters.Position);
  let position = start;
  let last: AppendObjectResult | undefined;
  for (;;) {
    const piece = await reader.next(signal);
    if (piece === undefined) break;
    try {
      if (piece.bytes.length === 0 && last !== undefined) break;
      await refuseChanged(source, start, position);
      last = await appendProven(context, parameters, core, piece, position);
      position += piece.bytes.length;
      parameters.onProgress?.(position - start, source.size);
    } finally {
      piece.release();
    }
  }
  if (last === undefined) throw new ArgumentRangeError("Data", "gave nothing to append");
  return last;
}

/** Before each piece: what is appended cannot be taken back, and its own CRC64 would prove torn bytes too. */
async function refuseChanged(source: ByteSource, start: number, position: number): Promise<void> {
  // What cannot change fails to be read instead, and asking may be a request of its own.
  if (source.immutable === true || !(await source.changed())) return;
  if (position === start) throw sourceChanged();
  throw new SourceError(
    `the source changed while it was being appended: ${position - start} bytes of it are`,
    "source-changed",
    undefined,
    `begin at position ${position} with the bytes that are missing`,
  );
}

async function appendProven(
  context: ClientContext,
  parameters: AppendObjectParameters,
  core: DigestCore,
  piece: FilledPart,
  position: number,
): Promise<AppendObjectResult> {
  const { bytes } = piece;
  // What is appended cannot be taken back: COS must refuse wrong bytes beforehand, so the MD5 goes along unasked.
  const digest = await core.digest(bytes, true);
  const md5 = digest.md5 === undefined ? undefined : toBase64(digest.md5);
  if (parameters.ContentMD5 !== undefined && md5 !== undefined && md5 !== parameters.ContentMD5)
    throw wrongMd5(md5);
  let doubtful = false;
  for (let round = 1; ; round += 1) {
    try {
      return resultOfAppend(await send(context, parameters, bytes, position, md5));
    } catch (error) {
      // Once an answer was lost, a wrong position may be the mark of that very append, landed late.
      const overtaken = doubtful && error instanceof ServiceError && error.cosCode === "AppendPositionErr";
      if (!(isAmbiguous(error) || overtaken) || parameters.signal?.aborted) throw error;
      doubtful = true;
      const settled = await settle(context, parameters, core, position, bytes.length, digest.crc64, error);
      if (settled !== undefined) return settled;
      if (round === ROUNDS) throw error;
    }
    await sleep(context.clock, backoffMs(round, undefined, context.clock.random), parameters.signal);
  }
}

function send(
  context: ClientContext,
  parameters: AppendObjectParameters,
  body: Uint8Array,
  position: number,
  md5: string | undefined,
): Promise<Answer> {
  return sendWithRetry(context, {
    operation: "appendObject",
    method: "POST",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: [
      ["append", ""],
      ["position", String(position)],
    ],
    headers: {
      ...objectHeaders(parameters),
      ...headersOf({ TrafficLimit: TABLES.appendObject.TrafficLimit }, parameters),
      ...(md5 === undefined ? {} : { "content-md5": md5 }),
    },
    body,
    idempotent: false,
    inspect: needsHeader("appendObject", "x-cos-next-append-position"),
    signal: parameters.signal,
  });
}

function isAmbiguous(error: unknown): boolean {
  if (error instanceof TransportError) return true;
  if (!(error instanceof ServiceError)) return false;
  return error.status >= 500 || error.code === "unexpected-answer" || error.code === "integrity";
}

/** The append's result when it did happen, undefined when it did not, an error when neither can be shown. */
async function settle(
  context: ClientContext,
  parameters: AppendObjectParameters,
  core: DigestCore,
  position: number,
  length: number,
  crc64: bigint,
  cause: unknown,
): Promise<AppendObjectResult | undefined> {
  const object = { Bucket: parameters.Bucket, Key: parameters.Key, signal: parameters.signal };
  const unknown = (what: string): never => {
    if (parameters.signal?.aborted) throw parameters.signal.reason;
    throw new CosError(`the answer to Append was lost, and ${what} failed too`, {
      code: "outcome-unknown",
      retryable: false,
      cause,
      hint: `HEAD the key: its length is ${position} if nothing was appended, ${position + length} if it was`,
    });
  };
  const head = await headObject(context, object).catch((error: unknown) => {
    if (error instanceof ServiceError && error.code === "not-found") return undefined;
    return unknown("HEAD");
  });
  const now = head?.ContentLength ?? 0;
  if (now === position) return undefined;
  if (head === undefined || now !== position + length) throw cause;
  const appended =
    position === 0 && head.crc64 !== undefined
      ? BigInt(head.crc64)
      : await crc64OfRange(context, object, core, position, length).catch(() =>
          unknown("reading the new bytes back"),
        );
  if (appended !== crc64) {
    throw new IntegrityError("somebody else has appended as many bytes", {
      expected: String(crc64),
      actual: String(appended),
    });
  }
  const { requestId, versionId, headers, ETag } = head;
  return { requestId, versionId, headers, ETag, nextAppendPosition: now };
}

async function crc64OfRange(
  context: ClientContext,
  object: ObjectParameters,
  core: DigestCore,
  position: number,
  length: number,
): Promise<bigint> {
  const { Body } = await getObject(context, {
    ...object,
    Range: `bytes=${position}-${position + length - 1}`,
  });
  const reader = Body.getReader();
  let crc64 = 0n;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    crc64 = core.crc64(value, crc64);
    bytes += value.length;
  }
  // Other bytes of the same number are another's; another number of bytes is no answer at all.
  if (bytes !== length) throw new Error(`the answer has ${bytes} of ${length} bytes`);
  return crc64;
}

function resultOfAppend(answer: Answer): AppendObjectResult {
  return {
    ...resultOf(answer),
    ETag: answer.headers.get("etag") ?? "",
    nextAppendPosition: Number(answer.headers.get("x-cos-next-append-position")),
  };
}
