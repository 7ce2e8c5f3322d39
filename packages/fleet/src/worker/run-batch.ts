import { type Batch, type BatchItem, decodeBatch } from "../jobs/batch-codec.ts";
import { objectOf } from "../jobs/ids.ts";
import { addJobs } from "../jobs/queue.ts";
import { commitBatch, readBatch } from "../ledger/batches.ts";
import type { Outcome, StoredFailure } from "../ledger/outcome.ts";
import type { StartedJob } from "../ledger/start-job.ts";
import { backoffMs } from "./judge-failure.ts";
import { sendItems } from "./send-items.ts";
import { type Ending, GIVEN_BACK, mustStop, OVER, type Task } from "./worker-context.ts";

/**
 * Sends the objects of a batch. What happened is written once at the end. An object whose result was lost with its worker is
 * compared with what COS holds, and not sent again.
 */
export async function runBatch(task: Task, started: StartedJob): Promise<Ending> {
  const outcomes = new Map<number, Outcome>();
  let batch: Batch | undefined = await decodeBatch(started.batch);
  while (batch !== undefined) {
    const missing = batch.items.filter(({ line }) => !outcomes.has(line));
    await sendItems(task, missing, outcomes, started.mark);
    const sorted = sortOut(batch, outcomes, task);
    const verdict = await commit(task, batch, sorted);
    if (verdict === "written") return endOf(task, sorted);
    // Another worker has done a part of it; what this one did is kept for the rest.
    batch = verdict === "stale" ? await readBatch(task.ledger, task.job) : undefined;
  }
  return OVER;
}

interface Sorted {
  readonly done: readonly { item: BatchItem; outcome: Extract<Outcome, { kind: "done" }> }[];
  readonly failures: readonly StoredFailure[];
  readonly large: readonly BatchItem[];
  readonly rest: readonly BatchItem[];
}

function sortOut(batch: Batch, outcomes: ReadonlyMap<number, Outcome>, { info }: Task): Sorted {
  const done: Sorted["done"][number][] = [];
  const failures: StoredFailure[] = [];
  const large: BatchItem[] = [];
  const rest: BatchItem[] = [];
  for (const item of batch.items) {
    const outcome = outcomes.get(item.line);
    const tries = item.tries + (outcome?.kind === "retry" && !outcome.counts ? 0 : 1);
    // It was begun or not: a worker that drains does not know what COS has of it.
    if (outcome === undefined) rest.push({ ...item, isRepeat: true });
    else if (outcome.kind === "done") done.push({ item, outcome });
    else if (outcome.kind === "large") large.push(item);
    else if (outcome.kind === "retry" && tries < info.attempts) rest.push({ ...item, tries, isRepeat: true });
    else failures.push({ line: item.line, entry: item.entry, attempts: tries, ...outcome.reason });
  }
  return { done, failures, large, rest };
}

function commit({ ledger, job }: Task, batch: Batch, sorted: Sorted): ReturnType<typeof commitBatch> {
  return commitBatch(ledger, {
    job,
    version: batch.version,
    results: sorted.done.map(({ item, outcome }) => ({ line: item.line, ...outcome.result })),
    failures: sorted.failures,
    large: sorted.large,
    rest: sorted.rest,
    now: Date.now(),
  });
}

async function endOf(task: Task, { done, failures, large, rest }: Sorted): Promise<Ending> {
  const { worker, ledger } = task;
  const { run } = ledger;
  for (const { outcome } of done) {
    worker.report({ type: "done", run, key: outcome.result.key, size: outcome.result.size });
  }
  for (const { entry, code, message } of failures) {
    worker.report({ type: "failed", run, key: entry.key, code, message });
  }
  if (large.length > 0) {
    await addJobs(
      worker.queue,
      run,
      large.map(({ line }) => `${objectOf(line)}.init`),
    );
  }
  if (rest.length === 0) return OVER;
  if (mustStop(task)) return GIVEN_BACK;
  return { kind: "later", delayMs: backoffMs(Math.max(1, ...rest.map(({ tries }) => tries))) };
}
