/** The reflected polynomial of CRC64-ECMA, which COS computes. */
const POLYNOMIAL = 0xc96c5795d7870f42n;

/** One row per bit: what the operator makes of that bit alone. */
type Operator = readonly bigint[];

/** What one zero bit does to a CRC: shift, and subtract the polynomial when a bit falls out. */
const ONE_BIT: Operator = Array.from({ length: 64 }, (_, bit) =>
  bit === 0 ? POLYNOMIAL : 1n << BigInt(bit - 1),
);

/** `SQUARES[n]` appends 2^n zero bytes. */
const SQUARES: Operator[] = [square(square(square(ONE_BIT)))];

/** The CRC64 of bytes with `first`, followed by `length` bytes with `second`. */
function combine(first: bigint, second: bigint, length: number): bigint {
  let crc = first;
  let rest = length;
  for (let power = 0; rest > 0; power += 1) {
    const operator = SQUARES[power] ?? square(SQUARES[power - 1] ?? ONE_BIT);
    SQUARES[power] = operator;
    if (rest % 2 === 1) crc = apply(operator, crc);
    rest = Math.floor(rest / 2);
  }
  return crc ^ second;
}

/** The CRC64 of an object, of those of its parts in order, as unsigned decimal. */
export function combinedCrc64(parts: readonly { readonly crc64: string; readonly size: number }[]): string {
  return parts.reduce((crc, { crc64, size }) => combine(crc, BigInt(crc64), size), 0n).toString();
}

function apply(operator: Operator, crc: bigint): bigint {
  let result = 0n;
  for (let bit = 0, rest = crc; rest > 0n; bit += 1, rest >>= 1n) {
    if ((rest & 1n) === 1n) result ^= operator[bit] ?? 0n;
  }
  return result;
}

function square(operator: Operator): Operator {
  return operator.map((row) => apply(operator, row));
}
