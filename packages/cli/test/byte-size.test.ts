import { expect, it } from "vitest";
import { byteSize } from "../src/parse-arguments.ts";

it.each([
  ["20000", 20_000],
  ["500KiB", 512_000],
  ["2MiB", 2_097_152],
  ["1GiB", 1_073_741_824],
])("%s is %i bytes", (text, bytes) => {
  expect(byteSize(text)).toBe(bytes);
});

it.each(["", "MiB", "2MB", "1.5MiB", "-1", "2 MiB", "2mib"])("refuses %j", (text) => {
  expect(() => byteSize(text)).toThrow("KiB, MiB or GiB");
});
