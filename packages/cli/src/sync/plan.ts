import { isBlocked } from "./blocked.ts";
import { decide } from "./decide.ts";
import { mergePairs, type Pair, type Sides } from "./merge.ts";
import {
  type Deletion,
  type Direction,
  NO_PARTS,
  report,
  reportUnchanged,
  type SyncRun,
  type Task,
} from "./sync-context.ts";

/** What the plan of a sync collects besides its tasks. */
export interface Collected {
  readonly deletions: Deletion[];
  /** Names of the folder that are no files to be synced: links, for one. Nothing at or below them is touched. */
  readonly blocked: Set<string>;
  ledgerChanged: boolean;
  /** Whether the source has anything. */
  hasSource: boolean;
}

/** A downloaded file has no headers, and a copy those of its source. */
const NO_RULES = { headers: "", encodings: [] } as const;

/**
 * Compares the folder, the list of the prefix and the ledger in one pass. Yields what is to be copied, reports what is
 * unchanged, and collects what `--delete` may remove. `--dry-run` prints this plan.
 */
export async function* planTasks(
  run: SyncRun,
  direction: Direction,
  sides: Sides,
  collected: Collected,
): AsyncGenerator<Task, void, undefined> {
  const { ledger, flags, rules, tally, signal } = run;
  const isFromLocal = tally.does !== "downloaded";
  for await (const pair of mergePairs(sides)) {
    signal.throwIfAborted();
    const source = isFromLocal ? pair.local : pair.remote;
    if (source !== undefined) run.selection.found(pair.path);
    if (run.only?.has(pair.path) === false || !run.selection.wants(pair.path)) {
      if (pair.known !== undefined) ledger.order.put(pair.known);
      continue;
    }
    if (source === undefined) {
      if (pair.known !== undefined) collected.ledgerChanged = true;
      if (flags.delete === true && (pair.local ?? pair.remote) !== undefined)
        collected.deletions.push({ path: pair.path, pair });
      continue;
    }
    const { headers, encodings } = tally.does === "uploaded" ? rules.of(pair.path) : NO_RULES;
    collected.hasSource = true;
    const decision = decide(pair, flags.compare, headers, encodings.length > 0);
    await ledger.order.room();
    if (decision !== "unchanged") {
      if (isFromLocal || !isBlocked(pair.path, collected.blocked))
        yield { pair, decision, settle: ledger.order.place() };
      else report(run, blockedOutcome(direction, pair));
      continue;
    }
    if (pair.known !== undefined) ledger.order.put(pair.known);
    // Another way of comparing has not looked at what the ledger knows.
    reportUnchanged(run, direction, pair, flags.compare === "ledger" ? pair.known : undefined);
  }
}

function blockedOutcome(direction: Direction, pair: Pair): Parameters<typeof report>[1] {
  const error = new Error(
    `${pair.path} is below a link or something else that is no folder: it stays as it is`,
  );
  return { ...direction.objectOf(pair, false), ...NO_PARTS, status: "failed", error };
}
