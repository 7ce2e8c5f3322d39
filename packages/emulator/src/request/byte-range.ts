import { CosErrorResponse } from "../errors.ts";

/** Bytes `start` to `end`, the end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a Range header. Undefined: no header, or one that HTTP says to ignore (several ranges, another unit, invalid
 * syntax). Throws InvalidRange for a range outside the object.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^\s*bytes=(\d*)-(\d*)\s*$/.exec(header ?? "");
  if (!match) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw invalidRange();
    return { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange();
  return { start, end };
}

/** Reads x-cos-copy-source-range, which must be one range, with both ends, inside the source. */
export function parseCopyRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined) return { start: 0, end: size };
  const match = /^\s*bytes=(\d+)-(\d+)\s*$/.exec(header);
  if (!match)
    throw new CosErrorResponse("InvalidArgument", "The copy source range must be bytes=first-last.");
  const [start, end] = [Number(match[1]), Number(match[2]) + 1];
  if (start >= end || end > size) throw invalidRange();
  return { start, end };
}

function invalidRange(): CosErrorResponse {
  return new CosErrorResponse("InvalidRange", "The requested range cannot be satisfied.");
}
