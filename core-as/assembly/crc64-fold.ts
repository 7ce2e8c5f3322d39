// Sparse folding: CRC64 at memory speed without a carry-less multiply, which WASM does not have.
//
// P divides this polynomial, so a bit of the message may be cleared by XOR-ing it into seven later ones:
//
//     1 + x^153 + x^509 + x^1008 + x^1162 + x^1251 + x^1286 + x^1403
//
// Seven is the least that fits a short history: (x + 1) divides P, hence every multiple has an even number
// of terms, and those of six are more than ten times as long. Over GF(2) f(x)^2 = f(x^2), so the exponents may be
// multiplied by 8 and become distances in whole bytes. With v the folded stream, zero before its beginning:
//
//     v[j] = input[j] ^ v[j − 117] ^ v[j − 152] ^ v[j − 241]
//                     ^ v[j − 395] ^ v[j − 894] ^ v[j − 1250] ^ v[j − 1403]
//
// Vectors of 16 bytes need no table and depend on nothing nearer than 117 bytes. What is left at the end
// are the 1403 bytes into which everything before them was folded; those go through the tables.
//
// Measured: nearly eight times hash-wasm on 1 MiB, five times on 64 MiB from main memory. The exponents times
// 128, with every load aligned, leave a residue of 22 KiB: no faster at 1 MiB, a third slower at 256 KiB.

import { tableRegister } from "./crc64-table";
import { FOLD } from "./memory";

/** The farthest distance in whole vectors: the bytes of v that are kept from one block to the next. */
const HISTORY: usize = 1408;

/** Seven vectors at a time: none of them reaches back to another (7 · 16 ≤ 117). */
const STEP: usize = 112;

/** Bytes of a block: v is written 16 KiB at a time, so that all seven loads come from the first-level cache. */
const BLOCK: usize = 146 * STEP;

/** From this length on, folding is faster than the tables. */
export const FOLD_MINIMUM: usize = 2048;

/** Takes `length` ≥ FOLD_MINIMUM bytes into `register`. */
export function foldRegister(register: u64, pointer: usize, length: usize): u64 {
  // The register must be XOR-ed into the first eight bytes of the input, which must not be written. Eight bytes
  // of history, exactly 1403 before them, have the same effect: every nearer distance from there ends before 0.
  memory.fill(FOLD, 0, HISTORY);
  store<u64>(FOLD, register, HISTORY - 1403);

  let foldable = (length - HISTORY) & ~15;
  length -= foldable;
  while (foldable > 0) {
    const block = min(foldable, BLOCK);
    if (block == BLOCK) fetchBlock(pointer);
    foldBlock(pointer, block);
    memory.copy(FOLD, FOLD + block, HISTORY);
    pointer += block;
    foldable -= block;
  }

  // The residue: the end of v is folded into the bytes after it, which are themselves not folded any more.
  const residue = FOLD + 2 * HISTORY;
  memory.fill(FOLD + HISTORY, 0, HISTORY);
  for (let offset: usize = 0; offset < HISTORY; offset += 16) {
    v128.store(residue + offset, foldedVector(pointer + offset, FOLD + offset));
  }
  return tableRegister(tableRegister(0, residue, HISTORY), pointer + HISTORY, length - HISTORY);
}

/**
 * Reads one word of every cache line of the next block, in two places at once. During folding, the
 * processor does not prefetch memory far enough ahead. A third faster on inputs that no cache holds,
 * 7 % slower on those that a cache holds.
 */
function fetchBlock(pointer: usize): void {
  let all: u64 = 0;
  for (let offset: usize = 0; offset < BLOCK / 2; offset += 64) {
    all ^= load<u64>(pointer + offset) ^ load<u64>(pointer + offset, BLOCK / 2);
  }
  // Stored so that the loads are not optimised away; the block overwrites it.
  store<u64>(FOLD, all, HISTORY);
}

/** Appends `length` bytes of v after the history, a multiple of 16 and at most BLOCK. */
function foldBlock(pointer: usize, length: usize): void {
  let history = FOLD;
  for (; length >= STEP; length -= STEP) {
    v128.store(history, foldedVector(pointer, history), HISTORY);
    v128.store(history, foldedVector(pointer + 16, history + 16), HISTORY + 16);
    v128.store(history, foldedVector(pointer + 32, history + 32), HISTORY + 32);
    v128.store(history, foldedVector(pointer + 48, history + 48), HISTORY + 48);
    v128.store(history, foldedVector(pointer + 64, history + 64), HISTORY + 64);
    v128.store(history, foldedVector(pointer + 80, history + 80), HISTORY + 80);
    v128.store(history, foldedVector(pointer + 96, history + 96), HISTORY + 96);
    pointer += STEP;
    history += STEP;
  }
  for (; length > 0; length -= 16) {
    v128.store(history, foldedVector(pointer, history), HISTORY);
    pointer += 16;
    history += 16;
  }
}

/** The next vector of v; `history` is the place HISTORY bytes before it. */
// @ts-ignore: decorator
@inline
function foldedVector(pointer: usize, history: usize): v128 {
  return v128.xor(
    v128.xor(
      v128.xor(v128.load(pointer), v128.load(history, HISTORY - 117)),
      v128.xor(v128.load(history, HISTORY - 152), v128.load(history, HISTORY - 241))
    ),
    v128.xor(
      v128.xor(v128.load(history, HISTORY - 395), v128.load(history, HISTORY - 894)),
      v128.xor(v128.load(history, HISTORY - 1250), v128.load(history, HISTORY - 1403))
    )
  );
}
