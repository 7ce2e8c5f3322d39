/** The ABI of core-as: pointers and lengths are byte offsets into `memory`. */
export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  arenaStart(): number;
  windowStart(): number;
  windowLength(): number;
  scratchStart(): number;
  scratchLength(): number;
  crc64(crc: bigint, pointer: number, length: number): bigint;
  crc64Combine(crcA: bigint, crcB: bigint, lengthB: bigint): bigint;
  md5StateSize(): number;
  md5Init(state: number): void;
  md5Update(state: number, pointer: number, length: number): void;
  md5Final(state: number, out: number): void;
  md5Update4(
    state0: number,
    state1: number,
    state2: number,
    state3: number,
    pointer0: number,
    pointer1: number,
    pointer2: number,
    pointer3: number,
    blocks: number,
  ): number;
  partSize(size: number, preferred: number): number;
  partCount(size: number, partSize: number): number;
  partStart(partNumber: number, partSize: number): number;
  partLength(partNumber: number, size: number, partSize: number): number;
}

const WASM_PAGE = 65_536;

/**
 * One instance of the core, with an arena of part buffers behind its static area. Memory grows here, once, before
 * any view is taken: growing later would detach every view that is being read into or sent from.
 */
export async function instantiate(module: WebAssembly.Module, arenaBytes: number): Promise<WasmExports> {
  const instance = await WebAssembly.instantiate(module, {});
  // The module is ours and its ABI is tested in core-as.
  const exports = instance.exports as unknown as WasmExports;
  const pages =
    Math.ceil((exports.arenaStart() + arenaBytes) / WASM_PAGE) - exports.memory.buffer.byteLength / WASM_PAGE;
  if (pages > 0) exports.memory.grow(pages);
  return exports;
}
