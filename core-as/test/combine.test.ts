import { beforeAll, expect, test } from "vitest";
import { type Core, crc64At, crc64Of, loadCore } from "./instance.ts";
import { Random } from "./random.ts";
import vectors from "./vectors/crc64-combine.json" with { type: "json" };

let core: Core;

beforeAll(async () => {
  core = await loadCore(16);
});

function combine(crcA: bigint, crcB: bigint, lengthB: bigint): bigint {
  return BigInt.asUintN(64, core.exports.crc64Combine(crcA, crcB, lengthB));
}

test.each(vectors)("crc64Combine() of $about", ({ crcA, crcB, lengthB, crcAB }) => {
  expect(combine(BigInt(crcA), BigInt(crcB), BigInt(lengthB)).toString()).toBe(crcAB);
});

test("crc64Combine() of random halves is the CRC of the whole", () => {
  const random = new Random();
  for (let round = 0; round < 200; round++) {
    const length = random.between(0, 70_000);
    const cut = random.between(0, length);
    const source = random.bytes(length);
    const whole = crc64Of(core, source);
    const crcA = crc64At(core, core.arena, cut);
    const crcB = crc64At(core, core.arena + cut, length - cut);
    const actual = combine(crcA, crcB, BigInt(length - cut));
    expect(actual, random.note(`${length} bytes cut at ${cut}`)).toBe(whole);
  }
});

test("crc64Combine() of parts in any grouping is the CRC of the object", () => {
  const random = new Random();
  const lengths = [40_000, 1, 70_000, 0, 12_345];
  const size = lengths.reduce((sum, length) => sum + length, 0);
  const whole = crc64Of(core, random.bytes(size));
  let start = core.arena;
  const parts = lengths.map((length) => {
    const crc = crc64At(core, start, length);
    start += length;
    return { crc, length: BigInt(length) };
  });
  const join = (a: { crc: bigint; length: bigint }, b: { crc: bigint; length: bigint }) => ({
    crc: combine(a.crc, b.crc, b.length),
    length: a.length + b.length,
  });
  expect(parts.reduce(join).crc, random.note("from the left")).toBe(whole);
  expect(parts.reduceRight((tail, part) => join(part, tail)).crc, random.note("from the right")).toBe(whole);
});

test("crc64Combine() with nothing on either side changes nothing", () => {
  const random = new Random();
  const crc = random.word();
  expect(combine(crc, 0n, 0n), random.note("nothing after it")).toBe(crc);
  for (const length of [1n, 5n << 30n, 2n ** 64n - 1n]) {
    expect(combine(0n, crc, length), random.note(`nothing before ${length} bytes`)).toBe(crc);
  }
});

// An independent implementation of the shift: whole polynomials in bigints, with the exponent halved from the top.
const polynomial = (1n << 64n) | 0x42f0e1eba9ea3693n;

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let bit = 0n; bit < 64n; bit++) if ((b >> bit) & 1n) product ^= a << bit;
  for (let bit = 127n; bit >= 64n; bit--) if ((product >> bit) & 1n) product ^= polynomial << (bit - 64n);
  return product;
}

function powerOfX(exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = powerOfX(exponent >> 1n);
  const square = multiply(half, half);
  return exponent & 1n ? multiply(square, 2n) : square;
}

function reversed(word: bigint): bigint {
  return BigInt(`0b${[...word.toString(2).padStart(64, "0")].reverse().join("")}`);
}

test("crc64Combine() shifts by huge lengths as bigint arithmetic does", () => {
  const random = new Random();
  const known = [1n, 1n << 20n, 5n << 30n, 53_687_091_200_000n, 1n << 63n, 2n ** 64n - 1n];
  const lengths = [...known, ...Array.from({ length: 20 }, () => random.word())];
  for (const length of lengths) {
    const crcA = random.word();
    const crcB = random.word();
    const shifted = reversed(multiply(reversed(crcA), powerOfX(8n * length)));
    expect(combine(crcA, crcB, length), random.note(`length ${length}`)).toBe(shifted ^ crcB);
  }
});
