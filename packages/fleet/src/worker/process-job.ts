import { DelayedError, type Job, WaitingError } from "bullmq";
import { type JobTask, parseJobId } from "../jobs/ids.ts";
import { ledgerOf } from "../ledger/ledger.ts";
import { forgetStart, type StartedJob, startJob } from "../ledger/start-job.ts";
import { afterLargeFailure, endPoisoned, isPoisoned } from "./large-failure.ts";
import { runBatch } from "./run-batch.ts";
import { runDone } from "./run-done.ts";
import { runInit } from "./run-init.ts";
import { runRange } from "./run-range.ts";
import type { RunSettingsCache } from "./run-settings-cache.ts";
import { type Ending, GIVEN_BACK, mustStop, type Task, type WorkerContext } from "./worker-context.ts";

/**
 * Does what a job names. The ledger decides whether anything is to be done: a job may run twice, at once or later.
 * @param takenOver aborted when another worker has the job
 */
export async function processJob(
  worker: WorkerContext,
  runs: RunSettingsCache,
  taken: { readonly job: Job; readonly token: string; readonly takenOver: AbortSignal },
): Promise<void> {
  const { job, token, takenOver } = taken;
  const named = parseJobId(job.id ?? "");
  const kept = named && (await runs.read(named.run));
  if (named === undefined || kept === undefined) return;
  const ledger = ledgerOf(worker.redis, worker.queue.prefix, named.run);
  await worker.restarts.looked();
  const started = await startJob(ledger, named.job, kept.bucket);
  const info = started && (await runs.read(named.run, started.createdMs));
  if (started === undefined || info === undefined) return;
  worker.throttle.learn(started.waitMs);
  const { starts, isDoubtful, wasTried } = started;
  const isRepeat = isDoubtful || wasTried || starts > 1;
  const task: Task = { worker, ledger, info, job: named.job, starts, isDoubtful, isRepeat, takenOver };
  const ending = await run(task, named.task, started);
  if (ending.kind === "over" || takenOver.aborted) return;
  await forgetStart(ledger, named.job);
  await giveBack(job, token, ending.delayMs);
}

async function run(task: Task, what: JobTask, started: StartedJob): Promise<Ending> {
  if (what.kind === "batch") return runBatch(task, started);
  await task.worker.throttle.wait(task.worker.draining);
  if (mustStop(task)) return GIVEN_BACK;
  if (isPoisoned(task)) return endPoisoned(task, what);
  try {
    if (what.kind === "init") return await runInit(task, what);
    if (what.kind === "range") return await runRange(task, what);
    return await runDone(task, what);
  } catch (error) {
    return afterLargeFailure(task, what, error);
  }
}

/** Puts the job back into the queue. BullMQ wants these errors, so that it does not count the job as done. */
async function giveBack(job: Job, token: string, delayMs: number): Promise<never> {
  if (delayMs === 0) {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}
