import { readFile } from "node:fs/promises";
import { coreFile } from "../harness/paths.mjs";

/**
 * Computes the CRC64 of bodies with the core of cosup, because a slower one would limit the throughput. The harness
 * compares the result with the CRC64 that hash-wasm computed for the source, so an error of the core is detected.
 */
export async function createHasher() {
  const { instance } = await WebAssembly.instantiate(await readFile(coreFile), {});
  const { memory, windowStart, windowLength, crc64 } = /** @type {any} */ (instance.exports);
  const window = new Uint8Array(memory.buffer, windowStart(), windowLength());
  return {
    /**
     * Returns the CRC64 after `crc` and these bytes as a signed WASM integer; `finish` makes it unsigned.
     * @param {bigint} crc
     * @param {Buffer} chunk at most 256 KiB: sockets deliver 64 KiB at most
     * @returns {bigint}
     */
    update: (crc, chunk) => {
      window.set(chunk);
      return crc64(crc, window.byteOffset, chunk.length);
    },
    finish: (/** @type {bigint} */ crc) => BigInt.asUintN(64, crc),
  };
}

/** @typedef {Awaited<ReturnType<typeof createHasher>>} Hasher */
