import { runScenario } from "../run-seed.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { Rates } from "../simulation/fault.ts";
import { mix } from "../simulation/network.ts";

/** One promise, as a number of independent cases. */
export interface Row {
  readonly name: string;
  /** Cases of a full run. */
  readonly cases: number;
  /** Cases of `npm test`; a tenth of a full run when it is not given. */
  readonly quickCases?: number;
  /** Runs some cases; returns what went wrong, with the seed of each. */
  run(seeds: readonly number[]): Promise<string[]>;
}

/** A row whose cases are one scenario under different seeds. */
export function scenarioRow(
  name: string,
  cases: number,
  scenario: Scenario,
  ratesOf: (seed: number) => Rates,
  quickCases = Math.ceil(cases / 10),
): Row {
  return {
    name,
    cases,
    quickCases,
    run: async (seeds) => {
      const failures: string[] = [];
      for (const seed of seeds) {
        const { violations } = await runScenario(name, scenario, { seed }, ratesOf(seed));
        for (const violation of violations) failures.push(`${name}, seed ${seed}: ${violation}`);
      }
      return failures;
    },
  };
}

/** The seeds of a number of cases. */
export function seedsFrom(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => mix(base, index + 1));
}
