import { describe, expect, it } from "vitest";
import { planLarge } from "../../src/transfer/index.ts";
import { MIB } from "../support/rig.ts";

describe("planLarge()", () => {
  const facts = (size: number) => ({ kind: "file", size, fingerprint: "" }) as const;

  it("lets parts grow, so that 10 000 are enough", () => {
    expect(planLarge(facts(100 * MIB))).toMatchObject({ partSize: 8 * MIB, partCount: 13 });
    expect(planLarge({ ...facts(100 * MIB), kind: "cos" })).toMatchObject({
      partSize: 64 * MIB,
      partCount: 2,
    });
    const { partSize, partCount, ranges } = planLarge(facts(1024 ** 4));
    expect([partSize, partCount, ranges.length]).toEqual([105 * MIB, 9987, 625]);
    expect(ranges.at(-1)).toEqual({ from: 9985, to: 9987 });
  });

  it.each([
    [() => planLarge(facts(10), 1000), /^partSize: /],
    [() => planLarge(facts(10), 6 * 1024 ** 3), /^partSize: /],
    [() => planLarge(facts(0)), /^facts.size: /],
    [() => planLarge(facts(1024 ** 5)), /^facts.size: /],
  ])("names what it refuses: %s", (call, message) => {
    expect(call).toThrow(message);
  });
});
