// CRC-64/XZ (ECMA-182, reflected) byte by byte over two 32-bit halves: simple, and independent of the SDK.
const POLYNOMIAL_HIGH = 0xc96c5795;
const POLYNOMIAL_LOW = 0xd7870f42;

const tableHigh = new Uint32Array(256);
const tableLow = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    const carry = low & 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    if (carry === 1) {
      high = (high ^ POLYNOMIAL_HIGH) >>> 0;
      low = (low ^ POLYNOMIAL_LOW) >>> 0;
    }
  }
  tableHigh[byte] = high;
  tableLow[byte] = low;
}

/** CRC64 as COS prints it: unsigned decimal. */
export function crc64(bytes: Uint8Array): string {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) {
    const index = (low ^ (bytes[i] ?? 0)) & 0xff;
    low = (((low >>> 8) | (high << 24)) ^ (tableLow[index] ?? 0)) >>> 0;
    high = ((high >>> 8) ^ (tableHigh[index] ?? 0)) >>> 0;
  }
  const value = (BigInt(high ^ 0xffffffff) << 32n) | BigInt((low ^ 0xffffffff) >>> 0);
  return String(BigInt.asUintN(64, value));
}
