import type { ByteSource } from "../runtime/byte-source.ts";

/**
 * The most bytes that one read requests. Runtimes refuse reads of 2 GiB and more (Node: ERR_OUT_OF_RANGE), and an abort
 * has to wait for the read that is under way.
 */
export const LARGEST_READ = 256 * 1024 ** 2;

const NOTHING = new Uint8Array(0);

/**
 * Reads the bytes from `start` to `end` (exclusive) of a source, as {@link ByteSource.read} does, but requests at most
 * {@link LARGEST_READ} bytes at a time, and never 0 bytes: not every source can read an empty range.
 */
export async function readRange(
  source: ByteSource,
  start: number,
  end: number,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (end <= start) return NOTHING;
  // Bytes in memory are given as one view: nothing is read.
  if (source.inMemory || end - start <= LARGEST_READ) return source.read(start, end, into, signal);
  let filled = 0;
  while (start + filled < end) {
    const length = Math.min(LARGEST_READ, end - start - filled);
    const room = into.subarray(filled, filled + length);
    const bytes = await source.read(start + filled, start + filled + length, room, signal);
    // A source may return a view of its own memory.
    if (bytes.buffer !== into.buffer) into.set(bytes, filled);
    filled += bytes.length;
    if (bytes.length < length) break;
  }
  return into.subarray(0, filled);
}
