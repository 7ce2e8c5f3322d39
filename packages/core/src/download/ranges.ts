import type { DigestCore } from "../digest/digest-core.ts";
import { MAX_PARTS } from "../params/limits.ts";

/** Bytes `start` to `end`, the end exclusive. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Bytes that are in the file, and their CRC64. */
export interface DoneRange {
  readonly start: number;
  readonly length: number;
  readonly crc64: bigint;
}

const byStart = (one: DoneRange, other: DoneRange): number => one.start - other.start;

/** Bytes per request: what the caller prefers, or more where that would be too many for a record of them. */
export function pieceSize(size: number, preferred: number): number {
  return Math.max(preferred, Math.ceil(size / MAX_PARTS));
}

/** What is missing between the ranges that are done, in pieces of at most `pieceBytes`. */
export function* missingPieces(
  size: number,
  done: readonly DoneRange[],
  pieceBytes: number,
): Generator<Piece, undefined> {
  let start = 0;
  for (const range of [...done].sort(byStart)) {
    yield* cut(start, range.start, pieceBytes);
    start = range.start + range.length;
  }
  yield* cut(start, size, pieceBytes);
}

function* cut(start: number, end: number, pieceBytes: number): Generator<Piece> {
  for (let at = start; at < end; at += pieceBytes) yield { start: at, end: Math.min(end, at + pieceBytes) };
}

/** CRC64 of all bytes, from those of the ranges; undefined unless the ranges are all of `size` bytes, each of them once. */
export function wholeCrc64(core: DigestCore, done: readonly DoneRange[], size: number): bigint | undefined {
  let crc64 = 0n;
  let end = 0;
  for (const range of [...done].sort(byStart)) {
    if (range.start !== end) return undefined;
    crc64 = core.combine(crc64, range.crc64, range.length);
    end += range.length;
  }
  return end === size ? crc64 : undefined;
}
