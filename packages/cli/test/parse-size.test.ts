import { describe, expect, it } from "vitest";
import { bitRate, byteSize, partSize } from "../src/parse-size.ts";

describe("byteSize()", () => {
  it.each([
    ["20000", 20_000],
    ["20000B", 20_000],
    ["500KiB", 512_000],
    ["500k", 512_000],
    ["10M", 10_485_760],
    ["2MiB", 2_097_152],
    ["2MB", 2_000_000],
    ["1.5GiB", 1_610_612_736],
    ["0.5T", 549_755_813_888],
  ])("%s is %i bytes", (text, bytes) => {
    expect(byteSize(text)).toBe(bytes);
  });

  it.each(["", "MiB", "-1", "2 MiB", "2mib", "10mb", "10Mb", "1,5M", "1e3", "9999999T"])(
    "refuses %j, and names what it takes",
    (text) => {
      expect(() => byteSize(text)).toThrow("bytes, or a number with K, M, G or T");
    },
  );
});

it.each([
  ["8", 8],
  ["16M", 16],
  ["1GiB", 1024],
  ["1.5G", 1536],
  ["-1", -1],
])("a part size of %s is %i MiB", (text, size) => {
  expect(partSize(text)).toBe(size);
});

it.each(["1.5M", "1MB", "1.5", "x", ""])("refuses a part size of %j", (text) => {
  expect(() => partSize(text)).toThrow("whole number of MiB, from 1 to 5120");
});

it("a rate in bits has no B", () => {
  expect(["819200", "800K", "80M"].map(bitRate)).toEqual([819_200, 819_200, 83_886_080]);
  expect(() => bitRate("1MB")).toThrow("bit/s, from 819200 to 838860800");
});
