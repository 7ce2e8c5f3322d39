import { runSeed, type Verdict } from "./run-seed.ts";
import type { Run } from "./simulation/rig.ts";

/** Runs that may be spent on one failure. */
const BUDGET = 300;

/**
 * Finds a smaller run that still fails: fewer faults, then fewer operations, then smaller sources. A run is a function
 * of its description alone, so what fails once fails again.
 */
export async function shrink(
  failing: Verdict,
  execute: (run: Run) => Promise<Verdict> = runSeed,
): Promise<Verdict> {
  let best = failing;
  let left = BUDGET;
  const fails = async (run: Run): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    const verdict = await execute(run);
    if (verdict.violations.length === 0) return false;
    best = verdict;
    return true;
  };
  await fails({ ...best.run, faults: new Set(best.harmed) });
  await fewerFaults(() => best.run, fails);
  for (const operations of [1, 2, 3]) {
    if (await fails({ ...best.run, operations })) break;
  }
  for (const scale of [0.05, 0.1, 0.25, 0.5]) {
    if (await fails({ ...best.run, scale })) break;
  }
  await fewerFaults(() => best.run, fails);
  return best;
}

/** Leaves out halves, quarters, … and finally single faults, as long as the run still fails. */
async function fewerFaults(current: () => Run, fails: (run: Run) => Promise<boolean>): Promise<void> {
  for (
    let size = Math.ceil((current().faults?.size ?? 0) / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let start = 0; start < (current().faults?.size ?? 0); ) {
      const faults = [...(current().faults ?? [])];
      const rest = faults.filter((_, index) => index < start || index >= start + size);
      if (!(await fails({ ...current(), faults: new Set(rest) }))) start += size;
    }
  }
}

/** The command that repeats a run. */
export function commandOf({ seed, faults, scale, operations }: Run): string {
  const words = ["node scripts/test-chaos.mjs", "--seed", String(seed)];
  if (faults !== undefined) words.push("--faults", [...faults].join(",") || "none");
  if (scale !== undefined) words.push("--scale", String(scale));
  if (operations !== undefined) words.push("--operations", String(operations));
  return words.join(" ");
}

export function describeFailure({ run, scenario, violations, exchanges }: Verdict): string {
  return [
    `seed ${run.seed} (${scenario}, ${exchanges} exchanges):`,
    ...violations.map((violation) => `  ${violation}`),
    `  repeat: ${commandOf(run)}`,
  ].join("\n");
}
