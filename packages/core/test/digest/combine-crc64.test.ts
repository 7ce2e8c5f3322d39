import { createHash } from "node:crypto";
import { combineCrc64, digestOf } from "@cosup/core/digest";
import { describe, expect, it } from "vitest";

const bytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => createHash("md5").update(String(at)).digest()[0] ?? 0);

describe("combineCrc64()", () => {
  it("makes the CRC64 of the whole of those of any two parts", async () => {
    const whole = bytes(1000);
    const { crc64 } = await digestOf(whole);
    for (const at of [0, 1, 8, 333, 999, 1000]) {
      const [first, second] = [await digestOf(whole.subarray(0, at)), await digestOf(whole.subarray(at))];
      expect(combineCrc64(first.crc64, second.crc64, 1000 - at), `${at}`).toBe(crc64);
    }
  });

  it("combines lengths beyond 32 bits", () => {
    // Zeros after nothing stay nothing; after a checksum, the two halves are as good as the whole.
    expect(combineCrc64("0", "0", 2 ** 40)).toBe("0");
    const half = combineCrc64("12345", "0", 2 ** 40);
    expect(combineCrc64(half, "0", 2 ** 40)).toBe(combineCrc64("12345", "0", 2 ** 41));
  });

  it.each([
    ["first", [1 as unknown as string, "0", 1], TypeError],
    ["first", ["-1", "0", 1], RangeError],
    ["second", ["0", "18446744073709551616", 1], RangeError],
    ["second", ["0", "", 1], RangeError],
    ["length", ["0", "0", -1], RangeError],
    ["length", ["0", "0", 1.5], RangeError],
  ] as const)("names %s when it is refused: %j", (parameter, [first, second, length], type) => {
    const call = (): string => combineCrc64(first, second, length);
    expect(call).toThrow(type);
    expect(call).toThrow(new RegExp(`^${parameter}: `));
  });
});
