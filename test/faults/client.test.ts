import { beforeAll, describe, expect, test } from "vitest";
import { VOCABULARY } from "../../packages/emulator/src/faults/vocabulary.ts";
import { type Combination, combinations } from "./combinations.ts";
import { coverageTable, type Played } from "./coverage-table.ts";
import { FLOWS } from "./flows.ts";
import { judge, LATE, verdictOf } from "./judge.ts";
import { type Stage, setStage } from "./stage.ts";

/** Uploads at the same time; most of them wait for a deadline. */
const TOGETHER = 16;

const ALL = combinations();

interface Result extends Played {
  /** What was wrong with it. */
  readonly wrong: readonly string[];
}
let results: readonly Result[] = [];
beforeAll(async () => {
  const stage = await setStage();
  results = await playAll(stage).finally(() => stage.close());
}, 600_000);

describe("an upload is stored and proven, or fails and leaves the previous object, whatever goes wrong", () => {
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
  // The client does not send `Expect`; packages/emulator has a test of its own for it.
  expect(missing).toEqual(["withhold-continue"]);
});

// Verdicts that change show up here. `vitest -u` writes the page anew.
test("the verdicts are those of docs/fault-coverage.md", async () => {
  expect(results.length).toBe(ALL.length);
  await expect(coverageTable(results)).toMatchFileSnapshot("../../docs/fault-coverage.md");
});

/**
 * Plays every combination, some side by side, each in a fault run of its own. Those that stall come last: they do
 * nothing but wait, so that their time is not that of others.
 */
async function playAll(stage: Stage): Promise<readonly Result[]> {
  const done: Result[] = [];
  const usualMs = new Map<string, number>();
  const play = async (index: number, combination: Combination): Promise<void> => {
    const outcome = await stage.play(combination);
    const kind = `${combination.flow} ${combination.op}`;
    if (combination.label === "delay, short") usualMs.set(kind, outcome.ms);
    const wrong = judge(combination, outcome, usualMs.get(kind) ?? 0);
    const name = `${combination.label}, ${combination.moment}`;
    done[index] = {
      combination,
      verdict: verdictOf(combination, outcome),
      wrong: wrong.map((what) => `${name}: ${what}`),
    };
  };
  const isLate = ([index]: readonly [number, Combination]): boolean =>
    done[index]?.wrong.some((what) => what.includes(LATE)) ?? false;
  for (const stalls of [false, true]) {
    const queue = [...ALL.entries()].filter(([, combination]) => combination.stalls === stalls);
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await play(...next);
    };
    await Promise.all(Array.from({ length: TOGETHER }, worker));
  }
  // A machine that has other work is late itself: what was too late is played again, alone.
  for (let round = 0; round < 3; round++) {
    for (const late of [...ALL.entries()].filter(isLate)) await play(...late);
  }
  return done;
}
