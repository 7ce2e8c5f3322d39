// CRC-64/XZ, which COS calls crc64ecma: polynomial 0x42F0E1EBA9EA3693, reflected, init and xorout all ones.

import { FOLD_MINIMUM, foldRegister } from "./crc64-fold";
import { tableRegister } from "./crc64-table";

/**
 * The CRC of `length` more bytes after `crc`, which is 0 to begin with. Both are in finalised form, so the
 * CRC of nothing is 0 and every value on the way is a CRC that COS would print.
 */
export function crc64(crc: u64, pointer: usize, length: usize): u64 {
  const register = ~crc;
  return ~(length < FOLD_MINIMUM
    ? tableRegister(register, pointer, length)
    : foldRegister(register, pointer, length));
}
