import type { BatchItem } from "../jobs/batch-codec.ts";
import type { Outcome } from "../ledger/outcome.ts";
import { markEntry, type StartedJob } from "../ledger/start-job.ts";
import { judgeFailure, lostReason } from "./judge-failure.ts";
import { ownFaultOf } from "./own-fault.ts";
import { isLarge, mustStop, type Task, transferContext } from "./worker-context.ts";

/** Workers that may be lost with a batch before its objects are sent one by one, to find which of them it is. */
const LOSSES_OF_BATCH = 2;
/** Workers that may be lost with one object in hand. */
const LOSSES_OF_ENTRY = 2;

/** Sends objects, several at once, and puts what happened into `outcomes`. Those that were not begun are not in it. */
export async function sendItems(
  task: Task,
  items: readonly BatchItem[],
  outcomes: Map<number, Outcome>,
  mark: StartedJob["mark"],
): Promise<void> {
  if (task.starts > LOSSES_OF_BATCH || mark !== undefined) {
    await sendCarefully(task, items, outcomes, mark);
    return;
  }
  const waiting = items.values();
  const one = async (): Promise<void> => {
    for (const item of waiting) {
      await task.worker.throttle.wait(task.worker.draining);
      if (mustStop(task)) return;
      await sendOne(task, item, outcomes);
    }
  };
  const count = Math.min(task.worker.objectsAtOnce, items.length);
  await Promise.all(Array.from({ length: count }, one));
}

/** Sends objects one by one, and writes before each which one it is. */
async function sendCarefully(
  task: Task,
  items: readonly BatchItem[],
  outcomes: Map<number, Outcome>,
  mark: StartedJob["mark"],
): Promise<void> {
  for (const item of items) {
    const { line } = item;
    const losses = mark?.line === line ? mark.losses : 0;
    if (losses >= LOSSES_OF_ENTRY) {
      outcomes.set(line, { kind: "failed", reason: lostReason(losses + LOSSES_OF_BATCH) });
      continue;
    }
    await task.worker.throttle.wait(task.worker.draining);
    if (mustStop(task)) return;
    await markEntry(task.ledger, task.job, line, losses + 1);
    await sendOne(task, item, outcomes);
  }
}

async function sendOne(task: Task, item: BatchItem, outcomes: Map<number, Outcome>): Promise<void> {
  const { worker, info } = task;
  const context = transferContext(task);
  try {
    const size = item.entry.size ?? (await worker.executors.probeSource(context, item.entry)).size;
    if (isLarge(task, size)) {
      outcomes.set(item.line, { kind: "large" });
      return;
    }
    const isRepeat = item.isRepeat || task.isRepeat;
    const result = await worker.executors.transferSmall(context, item.entry, { isRepeat });
    outcomes.set(item.line, { kind: "done", result });
  } catch (error) {
    // It stays in the batch, for another worker.
    if (worker.stopping.aborted) return;
    const fault = await ownFaultOf(task, item.entry, error);
    if (fault !== undefined) {
      worker.giveUp(fault);
      return;
    }
    const { isRetryable, isThrottled, reason } = judgeFailure(error);
    if (isThrottled)
      worker.report({ type: "throttled", waitMs: await worker.throttle.slowDown(info.bucket) });
    outcomes.set(
      item.line,
      isRetryable ? { kind: "retry", counts: !isThrottled, reason } : { kind: "failed", reason },
    );
  }
}
