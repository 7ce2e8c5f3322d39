// Combines CRC64s (ECMA, reflected) with BigInt: slow but simple, and independent of the implementation in core-as.

const POLYNOMIAL = 0xc96c5795d7870f42n;
/** x^0 in reflected order. */
const ONE = 1n << 63n;

/** @param {bigint} a @param {bigint} b */
function multiply(a, b) {
  let product = 0n;
  let factor = b;
  for (let bit = 63n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n;
  }
  return product;
}

/** Cached results of shiftBy(): parts have few different lengths. @type {Map<number, bigint>} */
const shifts = new Map();

/** x^(8·length) mod P. @param {number} length */
function shiftBy(length) {
  let shift = shifts.get(length);
  if (shift === undefined) {
    shift = ONE;
    let square = ONE >> 8n;
    for (let rest = BigInt(length); rest > 0n; rest >>= 1n) {
      if (rest & 1n) shift = multiply(shift, square);
      square = multiply(square, square);
    }
    shifts.set(length, shift);
  }
  return shift;
}

/**
 * CRC64 of A‖B.
 * @param {bigint} crcA
 * @param {bigint} crcB
 * @param {number} lengthB
 */
export function combineCrc64(crcA, crcB, lengthB) {
  return multiply(crcA, shiftBy(lengthB)) ^ crcB;
}
