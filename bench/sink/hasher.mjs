import { readFile } from "node:fs/promises";
import { coreFile } from "../harness/paths.mjs";

/**
 * CRC64 of bodies as they arrive. By our own core, because anything slower would be what limits throughput; what it
 * gives is compared with the CRC64 that hash-wasm gave for the source, so that a wrong core is found out.
 */
export async function createHasher() {
  const { instance } = await WebAssembly.instantiate(await readFile(coreFile), {});
  const { memory, windowStart, windowLength, crc64 } = /** @type {any} */ (instance.exports);
  const window = new Uint8Array(memory.buffer, windowStart(), windowLength());
  return {
    /**
     * The CRC64 after `crc` and these bytes. Signed, as WASM has it, until `finish`.
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
