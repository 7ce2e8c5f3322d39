const POLYNOMIAL = 0xc96c5795d7870f42n;
const ALL = 0xffffffffffffffffn;

/** The CRC-64/ECMA of a text, bit by bit: an implementation of its own. */
export function crc64Of(text: string): string {
  let crc = ALL;
  for (const byte of Buffer.from(text)) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  }
  return (crc ^ ALL).toString();
}
