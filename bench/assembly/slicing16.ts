// The peer of the CRC64 benchmark: slicing by 16, which processes 16 bytes per step with 16 tables. It is written in the
// same language and compiled with the same options as core-as, so that only the methods are compared.
//
// CRC-64/XZ: reflected, init and xorout all ones.

const POLYNOMIAL: u64 = 0xc96c5795d7870f42;

/** Above the data of the compiler. */
const TABLES: usize = 4096;
const STRIDE: usize = 256 * 8;

prepareTables();

/** The first byte that is free for input, on a page of 65536. */
export function arenaStart(): u32 {
  return 65536;
}

/** Returns the CRC after `length` more bytes. `crc` is the CRC of the bytes before them, 0 at the beginning. */
export function crc64(crc: u64, pointer: usize, length: usize): u64 {
  let register = ~crc;
  for (; length >= 16; length -= 16) {
    const low = register ^ load<u64>(pointer);
    const high = load<u64>(pointer, 8);
    register =
      load<u64>(entryOf(low, 0), TABLES + 15 * STRIDE) ^
      load<u64>(entryOf(low, 8), TABLES + 14 * STRIDE) ^
      load<u64>(entryOf(low, 16), TABLES + 13 * STRIDE) ^
      load<u64>(entryOf(low, 24), TABLES + 12 * STRIDE) ^
      load<u64>(entryOf(low, 32), TABLES + 11 * STRIDE) ^
      load<u64>(entryOf(low, 40), TABLES + 10 * STRIDE) ^
      load<u64>(entryOf(low, 48), TABLES + 9 * STRIDE) ^
      load<u64>(entryOf(low, 56), TABLES + 8 * STRIDE) ^
      load<u64>(entryOf(high, 0), TABLES + 7 * STRIDE) ^
      load<u64>(entryOf(high, 8), TABLES + 6 * STRIDE) ^
      load<u64>(entryOf(high, 16), TABLES + 5 * STRIDE) ^
      load<u64>(entryOf(high, 24), TABLES + 4 * STRIDE) ^
      load<u64>(entryOf(high, 32), TABLES + 3 * STRIDE) ^
      load<u64>(entryOf(high, 40), TABLES + 2 * STRIDE) ^
      load<u64>(entryOf(high, 48), TABLES + STRIDE) ^
      load<u64>(entryOf(high, 56), TABLES);
    pointer += 16;
  }
  for (; length > 0; length--) {
    register = (register >> 8) ^ load<u64>(entryOf(register ^ load<u8>(pointer), 0), TABLES);
    pointer++;
  }
  return ~register;
}

/** Table k holds the register after one byte and k zero bytes. */
function prepareTables(): void {
  for (let byte: u64 = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) register = (register >> 1) ^ (POLYNOMIAL & (0 - (register & 1)));
    store<u64>(TABLES + ((<usize>byte) << 3), register);
  }
  for (let entry = TABLES + STRIDE; entry < TABLES + 16 * STRIDE; entry += 8) {
    const before = load<u64>(entry - STRIDE);
    store<u64>(entry, (before >> 8) ^ load<u64>(entryOf(before, 0), TABLES));
  }
}

/** The offset in a table of the entry for the byte of `word` at bit `shift`. */
// @ts-ignore: decorator
@inline
function entryOf(word: u64, shift: u64): usize {
  return (<usize>((word >> shift) & 0xff)) << 3;
}
