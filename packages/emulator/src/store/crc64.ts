import type { IHasher } from "hash-wasm";
import { libraries } from "../libraries.ts";

// CRC-64/XZ: ECMA-182 reflected. Bit 63 of a value is the coefficient of x^0.
const POLYNOMIAL = 0xc96c5795d7870f42n;
const ONE = 1n << 63n;

/** Idle hashers. Each owns a WebAssembly memory, so they are reused. */
const idle: IHasher[] = [];

export async function borrowCrc64(): Promise<IHasher> {
  return (idle.pop() ?? (await (await libraries.crc64())())).init();
}

/** Takes a hasher back and returns its digest as COS prints it: unsigned decimal. */
export function finishCrc64(hasher: IHasher): string {
  const digest = BigInt(`0x${hasher.digest("hex")}`).toString();
  idle.push(hasher);
  return digest;
}

/** The CRC64 of A followed by B, from the CRC64 of each and the length of B. */
export function combineCrc64(crcA: string, crcB: string, lengthB: number): string {
  return (multiply(shiftFor(lengthB), BigInt(crcA)) ^ BigInt(crcB)).toString();
}

// The parts of an upload mostly have the same size, so the last shift is cached.
let lastShift = { length: 0, operator: ONE };

function shiftFor(length: number): bigint {
  if (lastShift.length !== length) lastShift = { length, operator: powerOfX(BigInt(length) * 8n) };
  return lastShift.operator;
}

/** x^n modulo the polynomial, by squaring. */
function powerOfX(n: bigint): bigint {
  let result = ONE;
  let square = ONE >> 1n;
  for (let rest = n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** a·b over GF(2) modulo the polynomial, in reflected bit order. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let term = b;
  for (let bit = ONE; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= term;
    term = term & 1n ? (term >> 1n) ^ POLYNOMIAL : term >> 1n;
  }
  return product;
}
