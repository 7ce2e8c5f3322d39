// The CRC of A‖B from the CRCs of A and B. Appending B multiplies the remainder of A by x^(8·length of B)
// modulo P; init and xorout cancel out. So the CRC of an object comes from those of its parts, whichever
// process read them, and no byte is read twice.

import { timesX } from "./crc64-table";
import { CRC_POWERS, CRC_POWERS_LENGTH } from "./memory";

/** x^8, with bit 63 as x^0. */
const X8: u64 = 1 << (63 - 8);

/** Fills the table of x^(8·2^k): each is the square of the one before it. */
export function preparePowers(): void {
  let power = X8;
  for (let offset: usize = 0; offset < CRC_POWERS_LENGTH; offset += 8) {
    store<u64>(CRC_POWERS + offset, power);
    power = multiply(power, power);
  }
}

/** One multiplication for every bit that is set in `lengthB`; any length up to 2^64 − 1. */
export function crc64Combine(crcA: u64, crcB: u64, lengthB: u64): u64 {
  for (let entry = CRC_POWERS; lengthB != 0; entry += 8) {
    if (lengthB & 1) crcA = multiply(crcA, load<u64>(entry));
    lengthB >>= 1;
  }
  return crcA ^ crcB;
}

/** a · b mod P, one bit of `a` after another. Without branches: the bits of a CRC cannot be predicted. */
function multiply(a: u64, b: u64): u64 {
  let product: u64 = 0;
  for (; a != 0; a <<= 1) {
    product ^= b & (0 - (a >> 63));
    b = timesX(b);
  }
  return product;
}
