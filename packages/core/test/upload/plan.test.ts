import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { DigestCore } from "../../src/digest/digest-core.ts";
import { partCount, planParts } from "../../src/upload/plan.ts";
import { thrown } from "../support/caught.ts";
import { createCore, MB } from "../support/core.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const LARGEST = 10_000 * 5120 * MB;
let core: DigestCore;

beforeAll(async () => {
  core = await createCore(MB, new VirtualClock());
});

test("planParts() covers every byte once within COS's limits", () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 100 * MB }), fc.integer({ min: 0, max: LARGEST }));
  fc.assert(
    fc.property(size, fc.integer({ min: 1, max: 5120 * MB }), (bytes, preferred) => {
      const plan = planParts(core, bytes, preferred);
      expect(plan.partSize).toBeGreaterThanOrEqual(MB);
      expect(plan.partSize).toBeLessThanOrEqual(5120 * MB);
      expect(plan.partCount).toBeLessThanOrEqual(10_000);
      const last = plan.partCount;
      const end = core.partStart(last, plan.partSize) + core.partLength(last, bytes, plan.partSize);
      expect(end).toBe(bytes);
      expect(last === 1 || core.partLength(last, bytes, plan.partSize) > 0).toBe(true);
      expect(core.partStart(2, plan.partSize)).toBe(plan.partSize);
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  [0, MB, MB, 1],
  [MB, MB, MB, 1],
  [MB + 1, MB, MB, 2],
  [10_000 * MB, MB, MB, 10_000],
  [10_000 * MB + 1, MB, 2 * MB, 5001],
  [LARGEST, MB, 5120 * MB, 10_000],
])("planParts() of %i bytes in parts of %i", (size, preferred, partSize, partCount) => {
  expect(planParts(core, size, preferred)).toEqual({ size, partSize, partCount });
});

test("planParts() refuses sizes above the largest object", () => {
  const error = thrown(() => planParts(core, LARGEST + 1, MB));
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({
    parameter: "LocalFilePath",
    message: expect.stringContaining(`${LARGEST + 1} bytes are more than an object can have (48.8 TiB)`),
  });
});

test("partCount() counts the parts as the core does", () => {
  for (const size of [0, 1, MB - 1, MB, MB + 1, 9.5 * MB, 10 * MB])
    expect([size, partCount(size, MB)]).toEqual([size, core.partCount(size, MB)]);
});

test("planParts() of a simulation has the same plan in smaller units", () => {
  for (const [size, preferred] of [
    [0, 1],
    [10_000, 1],
    [10_001, 1],
    [77_777, 3],
  ] as const) {
    const real = planParts(core, size * MB, preferred * MB);
    const small = planParts(core, size * 1024, preferred * 1024, 1024);
    expect(small).toEqual({ size: size * 1024, partSize: real.partSize / 1024, partCount: real.partCount });
  }
});
