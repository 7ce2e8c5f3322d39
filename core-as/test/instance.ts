import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { build, wasmFile } from "../scripts/build.mjs";

/** The ABI as JavaScript sees it: u64 arrives as a signed bigint, u32 as a signed number. */
export interface CoreExports {
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

export interface Core {
  readonly exports: CoreExports;
  /** Where the arena begins. */
  readonly arena: number;
  /** All of the memory; it no longer grows. */
  readonly bytes: Uint8Array;
}

/** Compiles dist/cosup.wasm, which is built first if it is missing. */
export async function compileCore(): Promise<WebAssembly.Module> {
  if (!existsSync(wasmFile)) await build();
  return new WebAssembly.Module(await readFile(wasmFile));
}

/** A fresh instance with an arena of so many pages of 64 KiB, as the binding makes it. */
export async function loadCore(arenaPages = 16): Promise<Core> {
  const instance = new WebAssembly.Instance(await compileCore());
  const exports = instance.exports as unknown as CoreExports;
  const arena = exports.arenaStart();
  exports.memory.grow(arenaPages);
  return { exports, arena, bytes: new Uint8Array(exports.memory.buffer) };
}

/** CRC64 of `length` bytes at `pointer`, unsigned. */
export function crc64At({ exports }: Core, pointer: number, length: number, crc = 0n): bigint {
  return BigInt.asUintN(64, exports.crc64(crc, pointer, length));
}

/** CRC64 of bytes from anywhere, copied to the start of the arena. */
export function crc64Of(core: Core, bytes: Uint8Array): bigint {
  core.bytes.set(bytes, core.arena);
  return crc64At(core, core.arena, bytes.length);
}

/** Ends an MD5 and returns it in hexadecimal. */
export function finishMd5(core: Core, state: number): string {
  const out = core.exports.scratchStart() + core.exports.scratchLength() - 16;
  core.exports.md5Final(state, out);
  return Buffer.from(core.bytes.subarray(out, out + 16)).toString("hex");
}
