import { ledgerOf } from "../ledger/ledger.ts";
import { listRuns, readRun } from "../ledger/run-info.ts";
import type { WorkerContext } from "./worker-context.ts";

/**
 * Whether nothing is left to do, and nothing is being added.
 * @param which a run that must have been enqueued wholly; or true: all runs of the queue, of which one must be there. A run whose enqueuing
 *   stopped counts as far as it came
 */
export async function isAllFinished({ redis, queue }: WorkerContext, which: string | true): Promise<boolean> {
  const { prefix } = queue;
  const runs = which === true ? await listRuns({ redis, prefix }) : [which];
  let seen = 0;
  // The newest first: it is the one that goes on.
  for (const run of runs.reverse()) {
    const ledger = ledgerOf(redis, prefix, run);
    const info = await readRun(ledger);
    // Its keys were deleted, or other workers do it.
    if (info === undefined || (which === true && info.queueName !== queue.name)) continue;
    seen += 1;
    const isRead = info.isEnqueued || (which === true && info.enqueuingStopped !== undefined);
    if (!isRead || (await redis.zcard(ledger.keys.pending)) > 0) return false;
  }
  return seen > 0;
}
