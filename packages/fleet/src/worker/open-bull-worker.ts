import { type Job, Worker } from "bullmq";
import { processJob } from "./process-job.ts";
import type { RunSettingsCache } from "./run-settings-cache.ts";
import type { WorkerContext } from "./worker-context.ts";

/**
 * A worker holds the lock of a job for this long, and renews it after half of it. One that was killed is noticed when the lock
 * has ended and the next check comes: after 12 s at most, instead of 60 with BullMQ's own settings.
 */
const LOCK_MS = 8_000;
const CHECK_MS = 4_000;
/** BullMQ fails a job for good after so many lost workers. The ledger counts them itself. */
const NEVER = 1_000_000_000;
/** Pause after a failed request of a job, in milliseconds; BullMQ's own are 15 s. */
const RETRY_MS = 1_000;

/** Opens the worker of BullMQ, which begins with `run()`. */
export function openBullWorker(context: WorkerContext, runs: RunSettingsCache, jobsAtOnce: number): Worker {
  const { redis, queue, report } = context;
  // Three parameters: only then BullMQ gives a signal.
  const process = (job: Job, token: string | undefined, signal: AbortSignal | undefined): Promise<void> =>
    processJob(context, runs, { job, token: token ?? "", takenOver: signal ?? new AbortController().signal });
  const bull = new Worker(queue.name, process, {
    connection: redis,
    prefix: queue.prefix,
    autorun: false,
    concurrency: jobsAtOnce,
    lockDuration: LOCK_MS,
    stalledInterval: CHECK_MS,
    maxStalledCount: NEVER,
    runRetryDelay: RETRY_MS,
    // An id can be used again at once: what is done is in the ledger.
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  bull.on("stalled", (job) => report({ type: "loss-noticed", job }));
  bull.on("lockRenewalFailed", (jobs) => {
    for (const id of jobs) bull.cancelJob(id, "another worker has taken the job over");
  });
  bull.on("failed", (job, error) => {
    report({ type: "warning", message: `job ${job?.id} will be tried again: ${error.message}` });
  });
  // Connections that break, and jobs that another worker has taken over: both are normal here.
  bull.on("error", () => {});
  return bull;
}
