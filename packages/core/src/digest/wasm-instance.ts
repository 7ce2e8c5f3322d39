import { ArgumentRangeError } from "../errors.ts";
import type { WasmModule } from "../runtime/runtime.ts";

/** The members of `WebAssembly.Memory` that core uses. Not by that name: not every program has its type. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
  /** Not everywhere. From this call on, growing detaches no view. */
  toResizableBuffer?(): ArrayBuffer;
}

/** The ABI of core-as: pointers and lengths are byte offsets into `memory`. */
export interface WasmExports {
  readonly memory: WasmMemory;
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

/** Bytes by which WASM memory grows. */
export const WASM_PAGE = 65_536;

/** V8 reserves addresses around the memory of every instance, so that it need not check each access: 10 GB. */
const NO_ADDRESSES =
  "WebAssembly gets no memory: allow more virtual memory (ulimit -v), or Node's --disable-wasm-trap-handler";

/** Creates an instance of the core, without an arena. Synchronously: for 10 KB, a turn of the event loop takes longer. */
export function instantiate(module: WasmModule): WasmExports {
  try {
    // The module is ours and its ABI is tested in core-as.
    return new WebAssembly.Instance(module as WebAssembly.Module, {}).exports as unknown as WasmExports;
  } catch (cause) {
    throw new ArgumentRangeError("memoryBudget", NO_ADDRESSES, cause);
  }
}

/**
 * Adds an arena of part buffers behind the static area. Not before a part buffer is needed: 64 MiB at once make V8 collect
 * garbage for 4 ms, which a small object in memory need not wait for. Growing the memory detaches every view of it, unless its
 * buffer is resizable: otherwise no part buffer may be in use then.
 * @throws {ArgumentRangeError} there is no such memory now
 */
export function reserveArena({ memory, arenaStart }: WasmExports, arenaBytes: number): ArrayBuffer {
  const pages = Math.ceil((arenaStart() + arenaBytes) / WASM_PAGE) - memory.buffer.byteLength / WASM_PAGE;
  try {
    if (pages > 0) memory.grow(pages);
  } catch (cause) {
    throw new ArgumentRangeError(
      "memoryBudget",
      `there is no memory for ${arenaBytes} bytes of part buffers now: choose a smaller one, or a smaller PartSize`,
      cause,
    );
  }
  return memory.buffer;
}
