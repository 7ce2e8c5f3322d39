import { Buffer } from "node:buffer";
import { createCRC64 } from "hash-wasm";

const BLOCK = 16 * 1024;
const LARGEST_TINY = 1024;

/**
 * Pseudo-random bytes in fresh memory for every 64 KiB, as file and socket streams yield them. The same
 * seed gives the same bytes, and no two blocks are equal.
 * @param {number} size
 * @param {number} seed
 */
export function* blocks(size, seed) {
  const random = seeded(seed);
  const pattern = Uint32Array.from({ length: BLOCK / 4 }, () => random() * 2 ** 32);
  for (let start = 0; start < size; start += BLOCK) {
    pattern[0] = start / BLOCK;
    yield new Uint8Array(pattern.buffer, 0, Math.min(BLOCK, size - start));
  }
}

/**
 * The same bytes in chunks of one byte for the first `ones` of them, then of 1 B to 1 KiB. Each is a view of a pooled
 * slab, as small Buffers are: who keeps a chunk keeps the slab.
 * @param {number} size
 * @param {number} seed
 * @param {number} ones
 */
export function* tinyChunks(size, seed, ones) {
  const random = seeded(seed + 1);
  let at = 0;
  for (const { buffer, length } of blocks(size, seed)) {
    const block = Buffer.from(buffer);
    for (let start = 0; start < length; ) {
      const wanted = at < ones ? 1 : 1 + Math.floor(random() * LARGEST_TINY);
      const chunk = Buffer.allocUnsafe(Math.min(wanted, length - start));
      block.copy(chunk, 0, start);
      start += chunk.length;
      at += chunk.length;
      yield chunk;
    }
  }
}

/**
 * What COS must store, by hash-wasm.
 * @param {number} size
 * @param {number} seed
 * @returns {Promise<import("./emulator.mjs").Stored>}
 */
export async function storedOf(size, seed) {
  const hash = await createCRC64();
  for (const block of blocks(size, seed)) hash.update(block);
  return { size, crc64: String(BigInt(`0x${hash.digest("hex")}`)) };
}

/** Xorshift: fast enough to draw a length for every tiny chunk. @param {number} seed */
function seeded(seed) {
  let state = (seed + 1) | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
