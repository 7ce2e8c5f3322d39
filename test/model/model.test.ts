/**
 * The protocol, checked exhaustively within bounds. `state.ts` describes everything that can happen next: our writer
 * sends the request that its protocol asks for, and the network delivers, loses, refuses or delays it; the process ends
 * at any step; a second writer acts at the same key with equal bytes; late requests arrive. `search.ts` visits every
 * state, the nearest first, and `invariants.ts` says what must hold at every step.
 *
 * Every decision of our writer is core's own function (`decisions.ts`). What surrounds them (loops, counters, the order
 * of requests) is written again here, in put.ts, append.ts, multipart.ts and resume.ts, beside the name of the file
 * that it follows; `conformance.test.ts` and `wire-conformance.test.ts` compare it with core.
 *
 * Not modelled: parts side by side, sizes, checkpoints that cannot be written, resume "server", versions, copies.
 * `npm run test:model -- --bound large` visits more and writes docs/model.md.
 */
import { describe, expect, test } from "vitest";
import { MISTAKES } from "./mistakes.ts";
import { boundsInWords, check, findMistake } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";

/** Generous, because the machine may be busy. All of it takes some seconds. */
const TIMEOUT = 600_000;

describe("no history within the bounds breaks an invariant", () => {
  test.each(Object.keys(SCENARIOS))(
    "%s",
    (scenario) => {
      const { states, transitions, verdicts, counterexample } = check(scenario, "small");
      expect(counterexample).toBeUndefined();
      // A search that reaches no end of a call checks nothing.
      expect(verdicts).toHaveProperty("confirmed");
      if (scenario !== "put") expect(verdicts).toHaveProperty("outcome-unknown");
      console.log(
        `${scenario}: ${states} states, ${transitions} transitions (${boundsInWords(scenario, "small")})`,
      );
    },
    TIMEOUT,
  );
});

describe("a mistake that is put in on purpose is found", () => {
  test.each(
    MISTAKES.flatMap((mistake) => mistake.in.map((scenario) => [mistake.name, scenario, mistake] as const)),
  )(
    "%s: %s",
    (name, scenario, mistake) => {
      const { counterexample } = findMistake(mistake, scenario);
      expect(counterexample, name).toBeDefined();
      console.log([`${name} (${scenario}):`, ...(counterexample ?? [])].join("\n  "));
    },
    TIMEOUT,
  );
});
