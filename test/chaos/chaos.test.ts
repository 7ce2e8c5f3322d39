import { describe, expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";
import { describeFailure, shrink } from "./shrink.ts";

const GROUPS = 10;
const SEEDS = 50;

// Other seeds at each run: npm run test:chaos has thousands, and a failure prints how to repeat it.
const base = Math.floor(Math.random() * 2 ** 30);
console.log(`chaos: base seed ${base}`);

describe(`uploads under seeded faults, base ${base}`, () => {
  test.each(Array.from({ length: GROUPS }, (_, group) => base + group * SEEDS))(
    "seeds from %i",
    async (from) => {
      for (let seed = from; seed < from + SEEDS; seed += 1) {
        const verdict = await runSeed({ seed });
        if (verdict.violations.length > 0) expect.fail(describeFailure(await shrink(verdict)));
      }
    },
  );
});

test("a seed gives the same run twice, or no failure could be repeated", async () => {
  for (let seed = base; seed < base + 25; seed += 1) {
    const [first, second] = [await runSeed({ seed }), await runSeed({ seed })];
    expect(second.trace, `seed ${seed} (${first.scenario})`).toBe(first.trace);
  }
});
