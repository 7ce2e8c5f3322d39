import { createCRC64 } from "hash-wasm";
import { beforeAll, expect, test } from "vitest";
import { type Core, crc64At, crc64Of, loadCore } from "./instance.ts";
import { Random } from "./random.ts";
import vectors from "./vectors/crc64.json" with { type: "json" };

let core: Core;
let oracle: (bytes: Uint8Array) => bigint;

beforeAll(async () => {
  core = await loadCore(64);
  const hasher = await createCRC64();
  oracle = (bytes) => BigInt(`0x${hasher.init().update(bytes).digest("hex")}`);
});

test.each(vectors)("crc64() of $repeat × “$text” is $crc64", ({ text, repeat, crc64 }) => {
  expect(crc64Of(core, Buffer.from(text.repeat(repeat))).toString()).toBe(crc64);
});

test("crc64() of 1 MiB of a known pattern, which is folded, is the published value", () => {
  const pattern = Uint8Array.from({ length: 1 << 20 }, (_, index) => index);
  expect(crc64Of(core, pattern)).toBe(12198584541786614250n);
});

test("crc64() agrees with hash-wasm at every alignment and at random lengths", () => {
  const random = new Random();
  const source = random.bytes(70_064);
  core.bytes.set(source, core.arena);
  for (let round = 0; round < 640; round++) {
    const offset = round % 64;
    // Half of them short, where tables, folding and their boundary lie close together.
    const length = random.between(0, round % 2 ? 70_000 : 5000);
    const expected = oracle(source.subarray(offset, offset + length));
    const actual = crc64At(core, core.arena + offset, length);
    expect(actual, random.note(`offset ${offset}, length ${length}`)).toBe(expected);
  }
});

test("crc64() agrees with hash-wasm at every length about the boundaries of folding", () => {
  const random = new Random();
  const source = random.bytes(60_000);
  core.bytes.set(source, core.arena);
  // 2048: where folding begins. 16352: one stretch. 1408: the history that is kept.
  const boundaries = [16, 2048, 2048 + 112, 16352, 1408 + 16352, 1408 + 2 * 16352, 1408 + 3 * 16352];
  for (const boundary of boundaries) {
    for (let length = boundary - 16; length <= boundary + 33; length++) {
      const actual = crc64At(core, core.arena, length);
      expect(actual, random.note(`length ${length}`)).toBe(oracle(source.subarray(0, length)));
    }
  }
});

test("crc64() of a stream in random pieces is that of the whole", () => {
  const random = new Random();
  for (let round = 0; round < 60; round++) {
    const source = random.bytes(random.between(0, 70_000));
    core.bytes.set(source, core.arena + 3);
    const cuts: number[] = [];
    let crc = 0n;
    let start = 0;
    while (start < source.length) {
      const most = random.between(0, 1) ? 40 : 20_000;
      const length = Math.min(random.between(0, most), source.length - start);
      crc = crc64At(core, core.arena + 3 + start, length, crc);
      start += length;
      cuts.push(length);
    }
    expect(crc, random.note(`pieces ${cuts.join(" ")}`)).toBe(oracle(source));
  }
});

test("crc64() of millions of bytes agrees with hash-wasm", () => {
  const random = new Random();
  const source = random.bytes(3_000_017);
  expect(crc64Of(core, source), random.note("3 000 017 bytes")).toBe(oracle(source));
});

test("crc64() of zeros depends on their number", () => {
  core.bytes.fill(0, core.arena, core.arena + 40_000);
  for (const length of [1, 8, 2047, 2048, 39_999, 40_000]) {
    expect(crc64At(core, core.arena, length)).toBe(oracle(new Uint8Array(length)));
  }
});

test("crc64() of no bytes is the value it continues from", () => {
  expect(crc64At(core, core.arena, 0)).toBe(0n);
  expect(crc64At(core, core.arena, 0, 0xfedcba9876543210n)).toBe(0xfedcba9876543210n);
});

test("crc64() changes with every single bit, near the beginning, the middle and the end", () => {
  const random = new Random();
  const source = random.bytes(20_000);
  const whole = crc64Of(core, source);
  for (const index of [0, 1, 7, 8, 15, 116, 117, 1402, 1403, 9999, 18_591, 18_592, 19_998, 19_999]) {
    const address = core.arena + index;
    for (let bit = 0; bit < 8; bit++) {
      core.bytes[address] = (core.bytes[address] ?? 0) ^ (1 << bit);
      expect(crc64At(core, core.arena, 20_000), random.note(`bit ${bit} of byte ${index}`)).not.toBe(whole);
      core.bytes[address] = (core.bytes[address] ?? 0) ^ (1 << bit);
    }
  }
});

test("crc64() does not change its input or the bytes around it", () => {
  const random = new Random();
  const around = core.bytes.subarray(core.arena, core.arena + 200_000);
  random.fill(around);
  const before = around.slice();
  for (const length of [5, 100, 2048, 17_000, 150_001]) crc64At(core, core.arena + 1001, length);
  expect(Buffer.compare(around, before), random.note("compared 200 000 bytes")).toBe(0);
});

test("crc64() works in the input window", () => {
  const random = new Random();
  const source = random.bytes(core.exports.windowLength());
  core.bytes.set(source, core.exports.windowStart());
  const actual = crc64At(core, core.exports.windowStart(), source.length);
  expect(actual, random.note("a full window")).toBe(oracle(source));
});
