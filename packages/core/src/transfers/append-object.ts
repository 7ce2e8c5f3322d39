import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError, SourceError } from "../errors.ts";
import { inferContentType } from "../params/content-type.ts";
import type { AppendObjectResult } from "../requests/append-object.ts";
import type { ByteSource } from "../runtime/byte-source.ts";
import { openBody } from "../upload/open-body.ts";
import { PartReader } from "../upload/part-reader.ts";
import { partCount } from "../upload/plan.ts";
import { Progress } from "../upload/progress.ts";

import { isUnchanged, sourceChanged } from "../upload/unchanged.ts";
import type { AppendObjectParameters } from "./append-parameters.ts";
import { appendPiece } from "./append-piece.ts";
import { sourceIdleMsOf } from "./body-parameters.ts";
import type { ClientContext } from "./context.ts";

/** One call of appendObject. */
interface Appending {
  readonly context: ClientContext;
  readonly parameters: AppendObjectParameters;
  readonly source: ByteSource;
  readonly core: DigestCore;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * APPEND Object (COS document 436/7741). The data is sent in pieces; a piece is the bytes of one request. Appending is
 * not idempotent: after an append whose outcome is unknown, HEAD shows whether the object has grown. If it has not, the
 * piece is sent again. If it has grown by exactly these bytes, this append or an equal one of another writer is stored,
 * and nobody can tell which: the outcome is unknown.
 * @throws {ServiceError} code `conflict`: `Position` is not the object's length, or it is not appendable
 * @throws {CosError} `conflict`: another append was stored at `Position`; `outcome-unknown`: the response was lost, and
 *   the hint says how to find out what is stored
 * @throws {SourceError} `source-changed`: the message says how much of it had been appended before
 */
export async function appendObject(
  context: ClientContext,
  given: AppendObjectParameters,
): Promise<AppendObjectResult> {
  const parameters = withInferredType(context, given);
  const source = await openBody(context.runtime, parameters.Data, "Data", undefined, context.readAhead);
  const progress = new Progress(parameters.onProgress, source.size, context.clock);
  try {
    const core = await context.digestCoreFor(0);
    const signal = parameters.signal ?? new AbortController().signal;
    const reader = pieceReader(context, parameters, source, core);
    return await appendPieces({ context, parameters, source, core, signal, progress }, reader);
  } finally {
    progress.stop();
    // Neither the result nor the failure changes because the source cannot be closed.
    await source.close().catch(() => {});
  }
}

/** Only the first append describes the object. */
function withInferredType(
  { contentTypes }: ClientContext,
  parameters: AppendObjectParameters,
): AppendObjectParameters {
  const { Position, Data, ContentType } = parameters;
  if (Number(Position) !== 0 || ContentType !== undefined) return parameters;
  return { ...parameters, ContentType: inferContentType({ ...parameters, Body: Data }, contentTypes) };
}

/** Reads the data piece by piece: what is in memory is one piece. */
function pieceReader(
  { clock, digestCoreFor, runtime }: ClientContext,
  parameters: AppendObjectParameters,
  source: ByteSource,
  core: DigestCore,
): PartReader {
  const { size } = source;
  const largest = Math.min(runtime.defaults.partSize, core.arena.capacity);
  const pieceSize = source.inMemory ? Math.max(1, size ?? 1) : largest;
  const count = size === undefined ? undefined : partCount(size, pieceSize);
  if (parameters.ContentMD5 !== undefined && count !== 1) {
    throw new ArgumentRangeError("ContentMD5", "can only be given for data that one append carries");
  }
  const plan =
    size === undefined || count === undefined ? undefined : { size, partSize: pieceSize, partCount: count };
  return new PartReader(
    { source, core, partSize: pieceSize, plan },
    {
      clock,
      digestCoreFor,
      sourceIdleMs: sourceIdleMsOf(parameters),
      // A stream may yield less than a full piece at once. With a ContentMD5 the piece must be all of the data.
      least: parameters.ContentMD5 === undefined ? () => 1 : undefined,
    },
  );
}

async function appendPieces(call: Appending, reader: PartReader): Promise<AppendObjectResult> {
  const { context, parameters, source, core, signal, progress } = call;
  let position = Number(parameters.Position);
  let last: AppendObjectResult | undefined;
  let crc64 = 0n;
  for (;;) {
    const piece = await reader.next(signal);
    if (piece === undefined) break;
    const { bytes } = piece;
    try {
      if (bytes.length === 0 && last !== undefined) break;
      // The earlier pieces are gone by the time that the source has to be read again.
      if (source.immutable !== true && source.access === "random" && !source.inMemory)
        crc64 = core.crc64(bytes, crc64);
      await requireUnchanged(call, position, bytes.length, () => crc64);
      const { length } = bytes;
      last = await appendPiece(context, parameters, core, { bytes, position, follower: progress.follower });
      position += length;
      progress.received(length);
      progress.add(length, length);
    } finally {
      piece.release();
    }
  }
  if (last === undefined) throw new ArgumentRangeError("Data", "gave nothing to append");
  progress.finish();
  return last;
}

/**
 * Called before each piece, because an append cannot be undone, and the piece's CRC64 also matches bytes that were read
 * while the source changed. An immutable source fails to be read instead, and asking it may be a request.
 */
async function requireUnchanged(
  { parameters, source, core, signal }: Appending,
  position: number,
  length: number,
  crc64: () => bigint,
): Promise<void> {
  if (source.immutable === true) return;
  const start = Number(parameters.Position);
  const read = { start: 0, end: position - start + length, crc64 };
  if (await isUnchanged(source, read, core, signal)) return;
  if (position === start) throw sourceChanged();
  throw new SourceError(
    `the source changed while it was being appended: ${position - start} bytes of it are stored`,
    "source-changed",
    undefined,
    `begin at position ${position} with the bytes that are missing`,
  );
}
