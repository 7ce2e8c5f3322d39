import { addJobs } from "../jobs/queue.ts";
import { type Retried, retryBatch, retryLarge } from "../ledger/add-retries.ts";
import type { StoredFailure } from "../ledger/outcome.ts";
import { eachFailure } from "../ledger/read-results.ts";
import { requireRun } from "../ledger/run-info.ts";
import { withRedisRefusal } from "../redis/redis-refusal.ts";
import { smallUpTo } from "../transfer/small-border.ts";
import { openLedger, type RunPlace } from "./open-ledger.ts";

/**
 * Adds the objects that failed to the queue again, with all their attempts.
 * @returns how many
 * @throws {FleetError} Redis is missing or full, or does not know the run
 */
export async function retryFailed(
  place: RunPlace,
): Promise<{ readonly run: string; readonly objects: number }> {
  const { ledger, queue, redis } = await openLedger(place);
  try {
    const { batchObjects, partSize } = await requireRun(ledger);
    let objects = 0;
    let small: StoredFailure[] = [];
    const add = async (retried: Retried | undefined): Promise<void> => {
      if (retried === undefined) return;
      await addJobs(queue, ledger.run, [retried.job]);
      objects += retried.objects;
    };
    const flush = async (): Promise<void> => {
      if (small.length > 0) await add(await retryBatch(ledger, small, Date.now()));
      small = [];
    };
    for await (const failure of eachFailure(ledger)) {
      if ((failure.entry.size ?? 0) > smallUpTo(partSize))
        await add(await retryLarge(ledger, failure, Date.now()));
      else small.push(failure);
      if (small.length >= batchObjects) await flush();
    }
    await flush();
    return { run: ledger.run, objects };
  } catch (error) {
    throw withRedisRefusal(error, "repeat the same");
  } finally {
    redis.disconnect();
  }
}
