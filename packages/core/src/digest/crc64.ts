import type { WasmExports } from "./wasm-instance.ts";

/** CRC64-ECMA of `bytes`, which follow those whose CRC64 is `crc`. Bytes outside WASM are copied block by block. */
export function crc64(wasm: WasmExports, bytes: Uint8Array, crc: bigint): bigint {
  const { memory } = wasm;
  if (bytes.buffer === memory.buffer) {
    return BigInt.asUintN(64, wasm.crc64(crc, bytes.byteOffset, bytes.length));
  }
  let result = crc;
  // A new view each time: adding the arena replaces the memory's buffer.
  const window = new Uint8Array(memory.buffer, wasm.windowStart(), wasm.windowLength());
  for (let start = 0; start < bytes.length; start += window.length) {
    const block = bytes.subarray(start, start + window.length);
    window.set(block);
    result = wasm.crc64(result, window.byteOffset, block.length);
  }
  return BigInt.asUintN(64, result);
}
