// The ABI of cosup.wasm: exports only, no imports, no allocator. Pointers and lengths are u32 offsets in
// `memory`; CRCs are u64 (bigint in JavaScript, there signed: BigInt.asUintN(64, …)); plans are f64.

import { preparePowers } from "./combine";
import { prepareTables } from "./crc64-table";
import { STATE_SIZE } from "./md5";
import { ARENA, SCRATCH, SCRATCH_LENGTH, WINDOW, WINDOW_LENGTH } from "./memory";

export { crc64Combine } from "./combine";
export { crc64 } from "./crc64";
export { md5Final, md5Init, md5Update } from "./md5";
export { md5Update4 } from "./md5x4";
export { partCount, partLength, partSize, partStart } from "./part-plan";

// Runs at instantiation, which takes about 0.2 ms with it.
prepareTables();
preparePowers();

/** Where the arena begins: the first byte after the static area, aligned to a page of 65536. */
export function arenaStart(): u32 {
  return <u32>ARENA;
}

/** The address of the input window, into which the binding copies bytes that are not in the arena. */
export function windowStart(): u32 {
  return <u32>WINDOW;
}

export function windowLength(): u32 {
  return <u32>WINDOW_LENGTH;
}

/** Memory for small states and outputs of the binding; the module writes there only at addresses that it is given. */
export function scratchStart(): u32 {
  return <u32>SCRATCH;
}

export function scratchLength(): u32 {
  return <u32>SCRATCH_LENGTH;
}

/** Bytes of an MD5 state, which may be at any address, be copied, and be moved. */
export function md5StateSize(): u32 {
  return STATE_SIZE;
}
