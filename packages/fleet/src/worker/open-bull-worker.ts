import { type Job, Worker } from "bullmq";
import { withRedisRefusal } from "../redis/redis-refusal.ts";
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

/** Opens the worker of BullMQ, which takes its first job in {@link takeJobs}. */
export function openBullWorker(context: WorkerContext, runs: RunSettingsCache, jobsAtOnce: number): Worker {
  const { redis, queue, report } = context;
  const inHand = new Map<string, string>();
  // Three parameters without defaults: only then BullMQ gives a signal.
  const process = async (job: Job, given: string | undefined, signal: AbortSignal | undefined) => {
    const [id = "", token = ""] = [job.id, given];
    const takenOver = signal ?? new AbortController().signal;
    inHand.set(id, token);
    await processJob(context, runs, { job, token, takenOver }).finally(() => inHand.delete(id));
  };
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
  // Redis may have been restarted without what it held. BullMQ itself notices it when it renews the locks.
  redis.on("ready", () => {
    for (const [id, token] of inHand) endIfLost(id, token).catch(() => {});
  });
  const endIfLost = async (id: string, token: string): Promise<void> => {
    if ((await redis.get(queue.queue.toKey(`${id}:lock`))) !== token)
      bull.cancelJob(id, "Redis has lost the job");
  };
  bull.on("stalled", (job) => report({ type: "loss-noticed", job }));
  bull.on("lockRenewalFailed", (jobs) => {
    for (const id of jobs) bull.cancelJob(id, "another worker has taken the job over");
  });
  bull.on("failed", (job, error) => {
    const known = withRedisRefusal(error, "the job goes on");
    const why = known instanceof Error ? known.message : error.message;
    report({ type: "warning", message: `job ${job?.id} will be tried again: ${why}` });
  });
  // Connections that break, and jobs that another worker has taken over: both are normal here.
  bull.on("error", () => {});
  return bull;
}

/** Takes jobs from the queue in Redis, as many at once as the worker may have, until it is closed. */
export async function takeJobs(bull: Worker, { report }: WorkerContext): Promise<void> {
  await bull.waitUntilReady();
  bull.run().catch((error: unknown) => report({ type: "warning", message: String(error) }));
}
