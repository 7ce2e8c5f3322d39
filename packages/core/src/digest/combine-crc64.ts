import { ArgumentRangeError, ArgumentTypeError } from "../argument-errors.ts";
import { sharedWasm } from "./shared-wasm.ts";

const MAX_CRC64 = 2n ** 64n - 1n;

/**
 * The CRC64-ECMA of two runs of bytes one after the other, from those of each: of an object, from those of its parts. All
 * checksums are unsigned decimal, as in `x-cos-hash-crc64ecma`.
 * @param first CRC64 of the bytes before; `"0"` when there are none
 * @param second CRC64 of the bytes after
 * @param length number of the bytes after
 * @throws {TypeError} a checksum is no text
 * @throws {RangeError} a checksum is no number of 64 bits, or `length` no number of bytes
 *
 * @example
 * ```ts
 * import { combineCrc64, digestOf } from "@cosup/node/digest";
 *
 * const [one, two] = [new Uint8Array(10), new Uint8Array(20)];
 * const whole = combineCrc64((await digestOf(one)).crc64, (await digestOf(two)).crc64, two.length);
 * ```
 */
export function combineCrc64(first: string, second: string, length: number): string {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new ArgumentRangeError("length", "must be a number of bytes");
  const crcA = checksum("first", first);
  const crcB = checksum("second", second);
  return String(BigInt.asUintN(64, sharedWasm().crc64Combine(crcA, crcB, BigInt(length))));
}

function checksum(parameter: string, value: unknown): bigint {
  if (typeof value !== "string") throw new ArgumentTypeError(parameter, "must be a string");
  const number = /^\d{1,20}$/.test(value) ? BigInt(value) : -1n;
  if (number < 0n || number > MAX_CRC64)
    throw new ArgumentRangeError(parameter, "must be a CRC64 as unsigned decimal");
  return number;
}
