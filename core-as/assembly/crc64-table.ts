// The table method, slicing by 16: for short inputs, and for what folding leaves over.
//
// "Register" is the bare remainder, not inverted. It is reflected: bit 63 is x^0.

import { CRC_TABLES } from "./memory";

/** 0x42F0E1EBA9EA3693 with its bits in reverse. */
export const POLYNOMIAL: u64 = 0xc96c5795d7870f42;

/** From one table to the next. */
const STRIDE: usize = 256 * 8;

/**
 * Fills the tables: table k holds the register after one byte and k zero bytes. Computed at start-up, in a
 * few µs, because stored they would be 32 KiB, four times the rest of the module.
 */
export function prepareTables(): void {
  for (let byte: u64 = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) register = timesX(register);
    store<u64>(CRC_TABLES + ((<usize>byte) << 3), register);
  }
  const end = CRC_TABLES + 16 * STRIDE;
  for (let entry = CRC_TABLES + STRIDE; entry < end; entry += 8) {
    const before = load<u64>(entry - STRIDE);
    store<u64>(entry, (before >> 8) ^ load<u64>(entryOf(before, 0), CRC_TABLES));
  }
}

/** Multiplies by x, modulo P. */
// @ts-ignore: decorator
@inline
export function timesX(register: u64): u64 {
  return (register >> 1) ^ (POLYNOMIAL & (0 - (register & 1)));
}

/**
 * Takes `length` bytes into `register`. The loops count the length down instead of comparing pointers: the
 * end of an input that reaches the end of a 4 GiB memory is 0 in 32 bits.
 */
export function tableRegister(register: u64, pointer: usize, length: usize): u64 {
  for (; length >= 16; length -= 16) {
    const low = register ^ load<u64>(pointer);
    const high = load<u64>(pointer, 8);
    register =
      load<u64>(entryOf(low, 0), CRC_TABLES + 15 * STRIDE) ^
      load<u64>(entryOf(low, 8), CRC_TABLES + 14 * STRIDE) ^
      load<u64>(entryOf(low, 16), CRC_TABLES + 13 * STRIDE) ^
      load<u64>(entryOf(low, 24), CRC_TABLES + 12 * STRIDE) ^
      load<u64>(entryOf(low, 32), CRC_TABLES + 11 * STRIDE) ^
      load<u64>(entryOf(low, 40), CRC_TABLES + 10 * STRIDE) ^
      load<u64>(entryOf(low, 48), CRC_TABLES + 9 * STRIDE) ^
      load<u64>(entryOf(low, 56), CRC_TABLES + 8 * STRIDE) ^
      load<u64>(entryOf(high, 0), CRC_TABLES + 7 * STRIDE) ^
      load<u64>(entryOf(high, 8), CRC_TABLES + 6 * STRIDE) ^
      load<u64>(entryOf(high, 16), CRC_TABLES + 5 * STRIDE) ^
      load<u64>(entryOf(high, 24), CRC_TABLES + 4 * STRIDE) ^
      load<u64>(entryOf(high, 32), CRC_TABLES + 3 * STRIDE) ^
      load<u64>(entryOf(high, 40), CRC_TABLES + 2 * STRIDE) ^
      load<u64>(entryOf(high, 48), CRC_TABLES + 1 * STRIDE) ^
      load<u64>(entryOf(high, 56), CRC_TABLES + 0 * STRIDE);
    pointer += 16;
  }
  for (; length > 0; length--) {
    register = (register >> 8) ^ load<u64>(entryOf(register ^ load<u8>(pointer), 0), CRC_TABLES);
    pointer++;
  }
  return register;
}

/** Where in a table the entry lies for the byte of `word` at bit `shift`. */
// @ts-ignore: decorator
@inline
function entryOf(word: u64, shift: u64): usize {
  return (<usize>((word >> shift) & 0xff)) << 3;
}
