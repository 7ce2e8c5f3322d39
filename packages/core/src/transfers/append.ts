import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError, CosError, SourceError } from "../errors.ts";
import { backoffMs } from "../http/backoff.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { sendWithRetry } from "../http/retry.ts";
import { unchecked, wholeNumber } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { OBJECT_HEADERS, type ObjectHeaders, objectHeaders } from "../params/object-headers.ts";
import {
  BODY,
  ENGINE,
  INFER_CONTENT_TYPE,
  MAX_BODY_BYTES,
  OBJECT,
  TRAFFIC_LIMIT,
} from "../params/shared-parameters.ts";
import { headersOf, type Method } from "../params/table.ts";
import type { ObjectParameters } from "../requests/objects.ts";
import { needsHeader } from "../requests/read-result.ts";
import { type CosResult, resultOf } from "../requests/result.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { sleep } from "../runtime/clock.ts";
import { toBase64 } from "../text/base64.ts";
import { type Body, openBody } from "../upload/open-body.ts";
import type { ProgressCallback } from "../upload/options.ts";
import { type FilledPart, PartReader } from "../upload/part-reader.ts";
import { sourceChanged, wrongMd5 } from "../upload/put-whole.ts";
import { isUnchanged } from "../upload/unchanged.ts";
import { afterAppend, type EarlierAppends, requireNotAppended } from "./append-outcome.ts";
import type { ClientContext } from "./context.ts";
import { idleMsOf } from "./uploads.ts";

/** The parameters of appendObject. */
export const APPEND_OBJECT = {
  name: "appendObject",
  parameters: {
    ...OBJECT,
    Position: { check: wholeNumber(0, MAX_BODY_BYTES, "bytes"), required: true, query: "position" },
    Data: { check: unchecked, required: true },
    ContentMD5: BODY.ContentMD5,
    EnableMD5: BODY.EnableMD5,
    TrafficLimit: TRAFFIC_LIMIT,
    sourceIdleMs: BODY.sourceIdleMs,
    ...OBJECT_HEADERS,
    inferContentType: INFER_CONTENT_TYPE,
    onProgress: ENGINE.onProgress,
  },
} as const satisfies Method;

/** What {@link CosClient.appendObject} takes. */
export interface AppendObjectParameters extends ObjectParameters, ObjectHeaders, ContentTypeInference {
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
  /** Milliseconds after which a stream that gives no bytes fails, at least 1; default: it may take its time. */
  readonly sourceIdleMs?: number | undefined;
  /** Receives the bytes that COS has acknowledged so far. */
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
 * APPEND Object (COS document 436/7741). Appending is not idempotent: after an append whose outcome is unknown, HEAD
 * shows whether the object has grown. When it has not, the data is sent again. When it has, by exactly these bytes, this
 * append or an equal one of another writer is stored, and nobody can tell which: the outcome is unknown.
 * @throws {ServiceError} code `conflict`: `Position` is not the object's length, or it is not appendable
 * @throws {CosError} `conflict`: another append was stored at `Position`; `outcome-unknown`: the response was lost, and
 *   the hint says how to find out what is stored
 * @throws {SourceError} `source-changed`: the message says how much of it had been appended before
 */
export async function appendObject(
  context: ClientContext,
  parameters: AppendObjectParameters,
): Promise<AppendObjectResult> {
  const source = await openBody(context.runtime, parameters.Data, "Data", undefined, context.readAhead);
  try {
    const core = await context.digestCoreFor(0);
    const partSize = Math.min(context.runtime.defaults.partSize, core.arena.capacity);
    const pieceSize = source.inMemory ? Math.max(1, source.size ?? 1) : partSize;
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
    const { clock, digestCoreFor } = context;
    const reader = new PartReader(source, core, pieceSize, plan, undefined, new Set(), {
      clock,
      digestCoreFor,
      sourceIdleMs: idleMsOf(parameters),
      // Any piece may be appended. With a ContentMD5 it must be all of the data.
      least: parameters.ContentMD5 === undefined ? () => 1 : undefined,
    });
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
  let crc64 = 0n;
  for (;;) {
    const piece = await reader.next(signal);
    if (piece === undefined) break;
    try {
      if (piece.bytes.length === 0 && last !== undefined) break;
      // What cannot change fails to be read instead, and asking may be a request of its own.
      if (source.immutable !== true) {
        // The earlier pieces are gone by the time that the source has to be read again.
        if (source.access === "random" && !source.inMemory) crc64 = core.crc64(piece.bytes, crc64);
        const read = { start: 0, end: position - start + piece.bytes.length, crc64: () => crc64 };
        // Before each piece: what is appended cannot be taken back, and its own CRC64 would prove torn bytes too.
        if (!(await isUnchanged(source, read, core, signal))) throw changedBefore(position, start);
      }
      last = await appendVerified(context, parameters, core, piece, position);
      position += piece.bytes.length;
      parameters.onProgress?.(position - start, source.size);
    } finally {
      piece.release();
    }
  }
  if (last === undefined) throw new ArgumentRangeError("Data", "gave nothing to append");
  return last;
}

function changedBefore(position: number, start: number): SourceError {
  if (position === start) return sourceChanged();
  return new SourceError(
    `the source changed while it was being appended: ${position - start} bytes of it are`,
    "source-changed",
    undefined,
    `begin at position ${position} with the bytes that are missing`,
  );
}

async function appendVerified(
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
    throw wrongMd5(md5, parameters.ContentMD5);
  let earlier: EarlierAppends = "none";
  for (let round = 1; ; round += 1) {
    try {
      return resultOfAppend(
        await send(context, parameters, bytes, position, md5, () => {
          if (earlier === "none") earlier = "refused";
        }),
      );
    } catch (error) {
      if (parameters.signal?.aborted || !(error instanceof CosError)) throw error;
      const next = afterAppend(error, earlier, round === ROUNDS);
      if (next === "fail") throw error;
      if (next === "repeat") {
        if (earlier === "none") earlier = "refused";
      } else {
        const look = { position, length: bytes.length, crc64: digest.crc64 };
        await requireNotAppended(context, parameters, core, look, error);
        if (next === "look-and-fail" || round === ROUNDS) throw error;
        earlier = "unknown";
      }
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
  onRetry: () => void,
): Promise<CosResponse> {
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
      ...headersOf({ TrafficLimit: APPEND_OBJECT.parameters.TrafficLimit }, parameters),
      ...(md5 === undefined ? {} : { "content-md5": md5 }),
    },
    body,
    idempotent: false,
    validateResponse: needsHeader("appendObject", "x-cos-next-append-position"),
    onRetry,
    signal: parameters.signal,
  });
}

function resultOfAppend(response: CosResponse): AppendObjectResult {
  return {
    ...resultOf(response),
    ETag: response.headers.get("etag") ?? "",
    nextAppendPosition: Number(response.headers.get("x-cos-next-append-position")),
  };
}
