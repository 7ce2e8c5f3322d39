import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type CoreExports, loadCore } from "./instance.ts";

const mib = 2 ** 20;
const gib = 2 ** 30;
const largestPart = 5 * gib;
const largestObject = 10_000 * largestPart;

let plan: CoreExports;

beforeAll(async () => {
  plan = (await loadCore(0)).exports;
});

describe("partSize()", () => {
  test.each([
    ["an empty object", 0, 8 * mib, 8 * mib],
    ["one byte", 1, 8 * mib, 8 * mib],
    ["1 MiB", mib, mib, mib],
    ["a preference below the minimum", 5 * mib, 1000, mib],
    ["a preference of nothing", 0, 0, mib],
    ["a preference that is no number", 5 * mib, Number.NaN, mib],
    ["a preference above the maximum", 5 * mib, 6 * gib, largestPart],
    ["a preference that is no multiple of 1 MiB but suffices", gib, 5_000_000, 5_000_000],
    ["a preference that is no whole number", gib, 5_000_000.7, 5_000_000],
    ["10 000 parts of 1 MiB (9.77 GiB)", 10_000 * mib, mib, mib],
    ["one byte more than those", 10_000 * mib + 1, mib, 2 * mib],
    ["10 000 parts of 8 MiB", 80_000 * mib, 8 * mib, 8 * mib],
    ["one byte more than those", 80_000 * mib + 1, 8 * mib, 9 * mib],
    ["the largest object (48.8 TiB)", largestObject, 8 * mib, largestPart],
    ["one byte less than the largest object", largestObject - 1, mib, largestPart],
    ["more than the largest object", largestObject + 1, 8 * mib, -1],
    ["far more than the largest object", Number.MAX_SAFE_INTEGER, 8 * mib, -1],
    ["a negative size", -1, mib, -1],
    ["a size that is no number", Number.NaN, mib, -1],
  ])("%s", (_, size, preferred, expected) => {
    expect(plan.partSize(size, preferred)).toBe(expected);
  });

  test("keeps a sufficient preference, else takes the least multiple of 1 MiB that suffices", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: largestObject }),
        fc.integer({ min: mib, max: largestPart }),
        (size, preferred) => {
          const chosen = plan.partSize(size, preferred);
          expect(plan.partCount(size, chosen)).toBeLessThanOrEqual(10_000);
          if (chosen === preferred) return;
          expect(10_000 * preferred).toBeLessThan(size);
          expect(chosen % mib).toBe(0);
          expect(10_000 * (chosen - mib)).toBeLessThan(size);
          expect(chosen).toBeLessThanOrEqual(largestPart);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test("partCount() is 1 for an empty object, whose only part is empty", () => {
  expect(plan.partCount(0, mib)).toBe(1);
  expect(plan.partStart(1, mib)).toBe(0);
  expect(plan.partLength(1, 0, mib)).toBe(0);
});

test.each([
  [1, mib, 1],
  [mib, mib, 1],
  [mib + 1, mib, 2],
  [10_000 * mib, mib, 10_000],
  [largestObject, largestPart, 10_000],
  [largestObject - largestPart, largestPart, 9999],
  [largestObject - largestPart + 1, largestPart, 10_000],
])("partCount() of %d bytes in parts of %d is %d", (size, partSize, expected) => {
  expect(plan.partCount(size, partSize)).toBe(expected);
});

test("partLength() is 0 beyond the last part", () => {
  expect(plan.partLength(3, mib + 1, mib)).toBe(0);
  expect(plan.partLength(2, mib, mib)).toBe(0);
});

/** Sizes near a whole number of parts, where an error of one byte shows, and sizes anywhere. */
const sizes = fc.oneof(
  fc.integer({ min: 0, max: largestObject }),
  fc
    .tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 5120 }), fc.constantFrom(-1, 0, 1))
    .map(([count, mebibytes, extra]) => Math.min(largestObject, count * mebibytes * mib + extra)),
);

test("parts follow one another without gap or overlap and end where the object ends", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 6 * gib }), (size, preferred) => {
      const partSize = plan.partSize(size, preferred);
      const count = plan.partCount(size, partSize);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(10_000);
      let end = 0;
      let shortOnes = 0;
      let empty = 0;
      let gaps = 0;
      for (let partNumber = 1; partNumber <= count; partNumber++) {
        const length = plan.partLength(partNumber, size, partSize);
        if (plan.partStart(partNumber, partSize) !== end) gaps++;
        if (length !== partSize && partNumber < count) shortOnes++;
        if (length <= 0) empty++;
        end += length;
      }
      expect({ end, gaps, shortOnes, empty }).toEqual({
        end: size,
        gaps: 0,
        shortOnes: 0,
        empty: size ? 0 : 1,
      });
    }),
    { numRuns: 300 },
  );
});
