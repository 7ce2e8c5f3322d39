import { jobIdOf } from "../jobs/ids.ts";
import { addJobs, failedKey, jobKey } from "../jobs/queue.ts";
import { sweepKey } from "../ledger/keys.ts";
import { type Ledger, ledgerOf } from "../ledger/ledger.ts";
import { listRuns, readRun } from "../ledger/run-info.ts";
import { sweepUploads } from "./sweep-uploads.ts";
import type { WorkerContext } from "./worker-context.ts";

/** When a worker looks for what was lost. */
export interface SweepTimes {
  /** Pause between two looks of the whole fleet. */
  readonly sweepMs: number;
  /** How long ago a job must have been seen in the queue, or an upload begun, before anybody looks again. */
  readonly graceMs: number;
}

/** Jobs that one look takes at once. */
const JOBS_AT_ONCE = 500;
/** Jobs that one look takes at most; the next look takes those that were looked at least recently. */
const JOBS_OF_LOOK = 10_000;

/**
 * Adds jobs again that must run and that the queue has lost or given up, and ends uploads that nobody needs. One worker at a
 * time does it for all workers of its queue. Runs of other queues are left alone: their sources may be on other machines.
 */
export async function sweep(worker: WorkerContext, { sweepMs, graceMs }: SweepTimes): Promise<void> {
  const { redis, queue } = worker;
  const mine = await redis.set(sweepKey(queue.prefix, queue.name), "1", "PX", Math.ceil(sweepMs * 0.9), "NX");
  if (mine !== "OK") return;
  for (const run of await listRuns({ redis, prefix: queue.prefix })) {
    if (worker.draining.aborted) return;
    const ledger = ledgerOf(redis, queue.prefix, run);
    if ((await readRun(ledger))?.queueName !== queue.name) continue;
    const added = await sweepJobs(worker, ledger, graceMs);
    if (added > 0) worker.report({ type: "recovered", run, jobs: added });
    // Not from the cache: Redis may have been restarted, and the run enqueued again.
    const info = await readRun(ledger);
    if (info !== undefined) await sweepUploads(worker, ledger, info, graceMs);
  }
}

async function sweepJobs(worker: WorkerContext, ledger: Ledger, graceMs: number): Promise<number> {
  const { redis, keys } = ledger;
  let added = 0;
  for (let looked = 0; looked < JOBS_OF_LOOK; looked += JOBS_AT_ONCE) {
    const now = Date.now();
    const jobs = await redis.zrange(keys.pending, "-inf", now - graceMs, "BYSCORE", "LIMIT", 0, JOBS_AT_ONCE);
    if (jobs.length === 0) break;
    const lost = await findLost(worker, ledger, jobs);
    await addJobs(worker.queue, ledger.run, lost);
    // Not with NX: a job that ended in the meantime must not become pending again.
    await redis.zadd(keys.pending, "XX", ...jobs.flatMap((job) => [now, job]));
    added += lost.length;
  }
  return added;
}

/** The jobs that the queue does not have, or has given up; these are removed from it, so that they can be added. */
async function findLost(
  { queue }: WorkerContext,
  { redis, run }: Ledger,
  jobs: readonly string[],
): Promise<string[]> {
  const asked = redis.pipeline();
  for (const job of jobs) {
    asked.exists(jobKey(queue, run, job));
    asked.zscore(failedKey(queue), jobIdOf(run, job));
  }
  const replies = (await asked.exec()) ?? [];
  const lost: string[] = [];
  for (const [index, job] of jobs.entries()) {
    const [exists, failed] = [replies[2 * index], replies[2 * index + 1]];
    const wasGivenUp = failed?.[1] !== null && failed?.[1] !== undefined;
    if (wasGivenUp) await queue.queue.remove(jobIdOf(run, job));
    if (wasGivenUp || (exists?.[0] === null && exists[1] === 0)) lost.push(job);
  }
  return lost;
}
