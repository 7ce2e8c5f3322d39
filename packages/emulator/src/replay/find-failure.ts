import { checkValue, type Rule } from "../options/option-errors.ts";
import type { Snapshot } from "../store/snapshot.ts";
import type { Replay } from "./replay.ts";
import type { ReplayOptions } from "./replay-options.ts";
import type { ReplayReport } from "./replay-run.ts";

/** The methods of an emulator that a search needs. */
export interface Replayable {
  replay(seed: number, options?: ReplayOptions): Replay;
  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): Promise<void>;
}

/** How `findFailure()` searches; the other options are those of `replay()`. */
export interface SearchOptions extends Omit<ReplayOptions, "faults"> {
  /** The first seed. Default 1. */
  readonly from?: number;
  /** How many seeds to try. Default 20. */
  readonly seeds?: number;
  /** Most runs to find fewer faults that still fail. Default 100. */
  readonly maxShrinks?: number;
}

/** A seed under which a program has failed. */
export interface SeedFailure {
  readonly seed: number;
  /** A small set of its faults under which it still fails: `emulator.replay(seed, { faults })` repeats it. */
  readonly faults: readonly number[];
  /** What it failed with, under these faults. */
  readonly error: unknown;
  readonly report: ReplayReport;
}

const COUNT: Rule = {
  accepted: "a whole number from 0 to 1e9",
  type: (value) => typeof value === "number",
  range: (count: number) => Number.isInteger(count) && count >= 0 && count <= 1e9,
};

/**
 * Runs a program under seed after seed until it fails, and then with fewer and fewer of the faults. Each run begins with
 * the data that the emulator had at the call.
 *
 * @param attempt the program and the checks of its result; it fails by rejecting
 * @returns undefined if no seed made it fail
 * @example
 * const failure = await findFailure(emulator, async () => {
 *   await upload();
 *   assert.deepEqual(await download(), bytes);
 * });
 */
export async function findFailure(
  emulator: Replayable,
  attempt: () => Promise<unknown>,
  { from = 1, seeds = 20, maxShrinks = 100, ...options }: SearchOptions = {},
): Promise<SeedFailure | undefined> {
  for (const [name, count] of Object.entries({ from, seeds, maxShrinks })) checkValue(name, count, COUNT);
  const start = await emulator.snapshot();
  const fails = (seed: number, faults?: readonly number[]): Promise<SeedFailure | undefined> =>
    runOnce(emulator, start, attempt, seed, { ...options, ...(faults && { faults }) });
  try {
    for (let seed = from; seed < from + seeds; seed += 1) {
      const failure = await fails(seed);
      if (failure !== undefined) return await shrink(failure, maxShrinks, (faults) => fails(seed, faults));
    }
    return undefined;
  } finally {
    await emulator.restore(start);
    await start.release();
  }
}

async function runOnce(
  emulator: Replayable,
  start: Snapshot,
  attempt: () => Promise<unknown>,
  seed: number,
  options: ReplayOptions,
): Promise<SeedFailure | undefined> {
  await emulator.restore(start);
  const replay = emulator.replay(seed, options);
  try {
    await attempt();
    return undefined;
  } catch (error) {
    const report = replay.report();
    return { seed, faults: [...new Set(report.faults.map(({ id }) => id))], error, report };
  } finally {
    replay.stop();
  }
}

/** Leaves out halves, quarters, … and at last single faults, as long as the program still fails. */
async function shrink(
  found: SeedFailure,
  maxRuns: number,
  fails: (faults: readonly number[]) => Promise<SeedFailure | undefined>,
): Promise<SeedFailure> {
  let best = found;
  let left = maxRuns;
  for (let size = Math.ceil(best.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < best.faults.length && left > 0; left -= 1) {
      const rest = best.faults.filter((_, index) => index < start || index >= start + size);
      const smaller = await fails(rest);
      if (smaller === undefined) start += size;
      else best = smaller;
    }
  }
  return best;
}
