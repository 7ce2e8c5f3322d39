import { beforeAll, describe, expect, test } from "vitest";
import { VOCABULARY } from "../../packages/emulator/src/faults/vocabulary.ts";
import { type CombinationRig, type Outcome, openCombinationRig } from "./combination-rig.ts";
import { type Combination, combinations } from "./combinations.ts";
import { coverageTable, type Played } from "./coverage-table.ts";
import { FLOWS } from "./flows.ts";
import { judge, verdictOf } from "./judge.ts";
import { VirtualTime } from "./virtual-time.ts";

/** Uploads at the same time, which wait for each other's sockets and files. */
const TOGETHER = 8;

const ALL = combinations();

interface Result extends Played {
  /** What was wrong with it. */
  readonly wrong: readonly string[];
}
let results: readonly Result[] = [];
beforeAll(async () => {
  const done: Result[] = [];
  await playAll(done, false);
  await playAll(done, true);
  results = done;
}, 600_000);

describe("an upload is stored and verified, or fails and leaves the previous object, under every fault", () => {
  const groups = Object.entries(FLOWS).flatMap(([flow, { ops }]) => ops.map((op) => [flow, op] as const));

  test.each(groups)("%s: %s", (flow, op) => {
    const own = results.filter(({ combination }) => combination.flow === flow && combination.op === op);
    expect(own.length).toBeGreaterThan(40);
    expect(own.flatMap(({ wrong }) => wrong)).toEqual([]);
  });
});

test("every fault that the emulator has is tried", () => {
  const tried = new Set(
    ALL.map(({ instruction }) => (typeof instruction.fault === "string" ? "" : instruction.fault.kind)),
  );
  const missing = Object.keys(VOCABULARY).filter((kind) => !tried.has(kind as keyof typeof VOCABULARY));
  // The client does not send `Expect`; packages/emulator has a test of its own for it. Uploads read no object;
  // test/contract/verified-reads.contract.ts does.
  expect(missing).toEqual(["withhold-continue", "flip-response"]);
});

// Verdicts that change show up here. `vitest -u` writes the page again.
test("the verdicts are those of docs/fault-coverage.md", async () => {
  expect(results.length).toBe(ALL.length);
  await expect(coverageTable(results)).toMatchFileSnapshot("../../docs/fault-coverage.md");
});

/**
 * Plays the combinations that stall, on virtual time, or those that do not, many side by side on that of the system.
 */
async function playAll(done: Result[], stalls: boolean): Promise<void> {
  const queue = [...ALL.entries()].filter(([, combination]) => combination.stalls === stalls);
  const worker = async (rig: CombinationRig): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, combination] = next;
      done[index] = resultOf(combination, await rig.play(combination));
    }
  };
  const shared = stalls ? undefined : await openCombinationRig();
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      const rig = shared ?? (await openCombinationRig(new VirtualTime()));
      await worker(rig);
      if (rig !== shared) await rig.close();
    }),
  );
  await shared?.close();
}

function resultOf(combination: Combination, outcome: Outcome): Result {
  const name = `${combination.label}, ${combination.moment}`;
  return {
    combination,
    verdict: verdictOf(combination, outcome),
    wrong: judge(combination, outcome).map((what) => `${name}: ${what}`),
  };
}
