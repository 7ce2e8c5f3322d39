import type { DigestCore } from "../digest/digest-core.ts";
import type { RandomAccessFile } from "../files/random-access.ts";
import type { DoneRange } from "./ranges.ts";

/**
 * Reads the ranges that an earlier call has left, and returns those whose bytes still have their CRC64. Others, which a
 * crash of the machine has lost or somebody has changed, are downloaded again.
 * @param buffer memory to read into
 */
export async function intactRanges(
  file: RandomAccessFile,
  ranges: readonly DoneRange[],
  core: DigestCore,
  buffer: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<DoneRange[]> {
  const intact: DoneRange[] = [];
  for (const range of ranges) {
    const crc64 = await crc64Of(file, range, core, buffer, signal);
    if (crc64 === range.crc64) intact.push(range);
  }
  return intact;
}

/** CRC64 of a range of the file; undefined when the file ends before it does. */
async function crc64Of(
  file: RandomAccessFile,
  { start, length }: DoneRange,
  core: DigestCore,
  buffer: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<bigint | undefined> {
  let crc64 = 0n;
  for (let at = 0; at < length; ) {
    signal?.throwIfAborted();
    const read = await file.read(buffer.subarray(0, Math.min(buffer.length, length - at)), start + at);
    if (read === 0) return undefined;
    crc64 = core.crc64(buffer.subarray(0, read), crc64);
    at += read;
  }
  return crc64;
}
