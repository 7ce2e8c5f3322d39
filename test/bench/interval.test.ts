import { describe, expect, it } from "vitest";
import { geometricMean, ratioInterval, tQuantile, verdictOf } from "../../bench/compare/interval.mjs";
import { orderOf, runPairs } from "../../bench/compare/pairs.mjs";

describe("the interval of a ratio", () => {
  // By hand: logarithms 0.1, 0.2, 0.3; mean 0.2, standard deviation 0.1, t(2) = 4.3027, half 4.3027 × 0.1 / √3.
  it("is the paired t-interval on the logarithms", () => {
    const { ratio, low, high, pairs } = ratioInterval([0.1, 0.2, 0.3].map(Math.exp));
    expect(Math.log(ratio)).toBeCloseTo(0.2, 10);
    expect(Math.log(low)).toBeCloseTo(0.2 - 0.248417, 5);
    expect(Math.log(high)).toBeCloseTo(0.2 + 0.248417, 5);
    expect(pairs).toBe(3);
  });

  // The sleep data of Student (1908), in every textbook: differences with mean 1.58, t-interval 0.7001 … 2.4599.
  it("is that of Student's sleep data", () => {
    const differences = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const { ratio, low, high } = ratioInterval(differences.map(Math.exp));
    expect(Math.log(ratio)).toBeCloseTo(1.58, 10);
    expect(Math.log(low)).toBeCloseTo(0.7001, 3);
    expect(Math.log(high)).toBeCloseTo(2.4599, 3);
  });

  it("treats twice and half symmetrically", () => {
    const { ratio, low, high } = ratioInterval([2, 0.5, 2, 0.5]);
    expect(ratio).toBeCloseTo(1, 10);
    expect(low * high).toBeCloseTo(1, 10);
  });

  it("has no width when all pairs agree", () => {
    const { ratio, low, high } = ratioInterval([1.25, 1.25, 1.25]);
    for (const end of [ratio, low, high]) expect(end).toBeCloseTo(1.25, 10);
  });

  it("contains the true ratio in 95 of 100 samples", () => {
    const random = seeded(42);
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    let contained = 0;
    for (let sample = 0; sample < 4000; sample += 1) {
      const { low, high } = ratioInterval(
        Array.from({ length: 15 }, () => Math.exp(Math.log(1.1) + 0.2 * normal())),
      );
      if (low <= 1.1 && 1.1 <= high) contained += 1;
    }
    // 95 % of 4000, give or take three standard deviations.
    expect(Math.abs(contained - 3800)).toBeLessThan(42);
  });

  it.each([[[]], [[1]]])("refuses %j", (ratios: readonly number[]) => {
    expect(() => ratioInterval(ratios)).toThrow("at least 2 pairs");
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the ratio %s", (ratio) => {
    expect(() => ratioInterval([1, ratio])).toThrow("is not a ratio above 0");
  });
});

describe("Student's t", () => {
  it.each([
    [1, 12.7062],
    [14, 2.1448],
    [30, 2.0423],
    [200, 2.0423],
  ])("with %d degrees of freedom", (degrees, quantile) => expect(tQuantile(degrees)).toBe(quantile));
});

describe("the verdict", () => {
  const of = (low: number, high: number) => verdictOf({ ratio: (low + high) / 2, low, high, pairs: 15 });
  it("is worse only when the whole interval is above 1.03", () => {
    expect(of(1.031, 1.09)).toBe("worse");
    expect(of(1.03, 1.09)).toBe("no worse");
    expect(of(0.99, 1.2)).toBe("no worse");
    expect(of(0.8, 0.9)).toBe("no worse");
  });
});

describe("pairs", () => {
  it("run ABBA and BAAB by turns", () => {
    expect(orderOf(0, 2)).toEqual(["this", "other", "other", "this"]);
    expect(orderOf(1, 2)).toEqual(["other", "this", "this", "other"]);
  });

  it("keep the runs of a pair together, and count each of them", async () => {
    let runs = 0;
    const shown: string[] = [];
    const next = (name: string) => async () => {
      runs += 1;
      return `${name}${runs}`;
    };
    const how = { pairs: 2, runs: 2, progress: (done: number, all: number) => shown.push(`${done}/${all}`) };
    expect(await runPairs(how, { this: next("t"), other: next("o") })).toEqual([
      { this: ["t1", "t4"], other: ["o2", "o3"] },
      { this: ["t6", "t7"], other: ["o5", "o8"] },
    ]);
    expect(shown).toEqual(["0/8", "1/8", "2/8", "3/8", "4/8", "5/8", "6/8", "7/8", "8/8"]);
  });
});

it("several runs of a pair count as their geometric mean", () => {
  expect(geometricMean([2, 8])).toBeCloseTo(4, 10);
});

/** Park and Miller's generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
