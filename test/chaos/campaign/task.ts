import { fuzzCheckpoints } from "../fuzz/checkpoints.ts";
import { fuzzParsers } from "../fuzz/parsers.ts";
import { fuzzResponses } from "../fuzz/responses.ts";
import { PROPERTIES } from "../properties/index.ts";
import { ROWS } from "../rows/index.ts";
import { seedsFrom } from "../rows/row.ts";
import { runSeed } from "../run-seed.ts";
import { describeFailure, shrink } from "../shrink.ts";

/** The work of one process. */
export interface Task {
  readonly kind: "seeds" | "row" | "property" | "parsers" | "responses" | "checkpoints";
  /** Of the row or the property. */
  readonly name: string;
  readonly from: number;
  readonly count: number;
}

export interface Report {
  readonly task: Task;
  readonly failed: number;
  /** Failures as text, each with its smallest reproduction. */
  readonly failures: readonly string[];
  readonly exchanges: number;
  readonly met: readonly (readonly [string, number])[];
}

/** Shrinking takes seconds, so only the first few failures are shrunk. */
const SHRUNK_PER_TASK = 2;

export async function perform(task: Task): Promise<Report> {
  if (task.kind === "seeds") return performSeeds(task);
  const failures = await failuresOf(task);
  return { task, failed: failures.length, failures, exchanges: 0, met: [] };
}

async function failuresOf({ kind, name, from, count }: Task): Promise<string[]> {
  switch (kind) {
    case "row":
      return (await ROWS.find((row) => row.name === name)?.run(seedsFrom(from, count))) ?? [`no row ${name}`];
    case "property":
      try {
        await PROPERTIES.find((property) => property.name === name)?.check(count, from);
        return [];
      } catch (error) {
        return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
      }
    case "parsers":
      return fuzzParsers(count, from);
    case "responses":
      return fuzzResponses(count, from);
    default:
      return fuzzCheckpoints(count, from);
  }
}

async function performSeeds(task: Task): Promise<Report> {
  const failures: string[] = [];
  const met = new Map<string, number>();
  let failed = 0;
  let exchanges = 0;
  for (let seed = task.from; seed < task.from + task.count; seed += 1) {
    const verdict = await runSeed({ seed });
    exchanges += verdict.exchanges;
    for (const [pair, times] of verdict.met) met.set(pair, (met.get(pair) ?? 0) + times);
    if (verdict.violations.length === 0) continue;
    failed += 1;
    const smallest = failures.length < SHRUNK_PER_TASK ? await shrink(verdict) : verdict;
    failures.push(
      smallest === verdict
        ? describeFailure(verdict)
        : `${describeFailure(verdict)}\nshrunk to ${describeFailure(smallest)}`,
    );
  }
  return { task, failed, failures, exchanges, met: [...met] };
}
