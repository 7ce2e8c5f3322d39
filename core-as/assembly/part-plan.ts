// How an object is cut into equal parts. Numbers are f64, as in JavaScript: the largest object is below
// 2^46 bytes, and the ceiling of a quotient is exact as long as the dividend is below 2^53.

const MIB: f64 = 1048576;

/** COS: a part is 1 MiB to 5 GiB, an upload has at most 10 000 of them, so an object at most 48.8 TiB. */
const MINIMUM_PART: f64 = MIB;
const MAXIMUM_PART: f64 = 5120 * MIB;
const MAXIMUM_COUNT: f64 = 10000;

/**
 * Bytes per part: the preferred size within COS's limits, or, where that makes too many parts, the next
 * multiple of 1 MiB that does not. −1 if no part size covers `size`.
 */
export function partSize(size: f64, preferred: f64): f64 {
  // Written so that NaN is refused as well.
  if (!(size >= 0 && size <= MAXIMUM_COUNT * MAXIMUM_PART)) return -1;
  const wanted = preferred >= MINIMUM_PART ? min(floor(preferred), MAXIMUM_PART) : MINIMUM_PART;
  if (size <= wanted * MAXIMUM_COUNT) return wanted;
  return ceil(size / (MAXIMUM_COUNT * MIB)) * MIB;
}

/** The number of parts. An empty object has one part, of no bytes. */
export function partCount(size: f64, partSize: f64): f64 {
  return max(1, ceil(size / partSize));
}

/** Where a part begins; part numbers begin with 1. */
export function partStart(partNumber: f64, partSize: f64): f64 {
  return (partNumber - 1) * partSize;
}

/** The bytes of a part: `partSize`, less for the last, 0 beyond it. */
export function partLength(partNumber: f64, size: f64, partSize: f64): f64 {
  return max(0, min(partSize, size - partStart(partNumber, partSize)));
}
