import { lineOf } from "../jobs/ids.ts";
import { addJobs } from "../jobs/queue.ts";
import { failObject, restartObject } from "../ledger/end-object.ts";
import { readLarge, readState, reopenParts } from "../ledger/objects.ts";
import type { FailureReason } from "../ledger/outcome.ts";
import { countTry, forgetStart } from "../ledger/start-job.ts";
import { forgetUpload } from "../ledger/uploads.ts";
import { backoffMs, judgeFailure, lostReason } from "./judge-failure.ts";
import { ownFaultOf } from "./own-fault.ts";
import { type Ending, GIVEN_BACK, OVER, type Task, transferContext } from "./worker-context.ts";

/** Workers that may be lost with one job of a large object before it stores another part. */
const LOSSES_OF_JOB = 10;

/** Whether too many workers were lost with the job. */
export function isPoisoned({ starts }: Task): boolean {
  return starts > LOSSES_OF_JOB;
}

/** Ends an object with whose job too many workers were lost. */
export async function endPoisoned(task: Task, object: string): Promise<Ending> {
  await fail(task, object, lostReason(task.starts - 1), task.starts - 1);
  return OVER;
}

/** Decides what follows a failed job of a large object: another attempt, a new upload, or the end of the object. */
export async function afterLargeFailure(task: Task, object: string, error: unknown): Promise<Ending> {
  const { worker, ledger, info, job } = task;
  await forgetStart(ledger, job);
  if (worker.stopping.aborted) return GIVEN_BACK;
  const entry = await readLarge(ledger, object);
  const fault = entry && (await ownFaultOf(task, entry, error));
  if (fault !== undefined) {
    worker.giveUp(fault);
    return GIVEN_BACK;
  }
  const { isRetryable, isThrottled, isUploadGone, missingParts, reason } = judgeFailure(error);
  if (isThrottled) {
    const waitMs = await worker.throttle.slowDown(info.bucket);
    worker.report({ type: "throttled", waitMs });
    return { kind: "later", delayMs: waitMs };
  }
  const tries = await countTry(ledger, job);
  if ((!isRetryable && !isUploadGone) || tries >= info.attempts) {
    await fail(task, object, reason, tries);
    return OVER;
  }
  if (isUploadGone) return restart(task, object);
  if (missingParts.length > 0) return sendAgain(task, object, missingParts);
  return { kind: "later", delayMs: backoffMs(tries) };
}

/** Begins the object again: somebody has aborted its upload. */
async function restart(task: Task, object: string): Promise<Ending> {
  const { worker, ledger } = task;
  const state = await readState(ledger, object);
  if (state !== undefined && (await restartObject(ledger, object, state, Date.now()))) {
    await forgetUpload(ledger, state.note);
    worker.known.remove(ledger.run, state.note);
    await addJobs(worker.queue, ledger.run, [`${object}.init`]);
  }
  return OVER;
}

/** COS does not hold parts that the ledger has: their ranges are sent again, and complete the object. */
async function sendAgain(task: Task, object: string, missing: readonly number[]): Promise<Ending> {
  const { worker, ledger } = task;
  const state = await readState(ledger, object);
  if (state === undefined) return OVER;
  await addJobs(
    worker.queue,
    ledger.run,
    await reopenParts(ledger, object, state, missing, Date.now()),
    true,
  );
  return OVER;
}

async function fail(task: Task, object: string, reason: FailureReason, attempts: number): Promise<void> {
  const { worker, ledger } = task;
  const entry = await readLarge(ledger, object);
  const state = await readState(ledger, object);
  if (entry === undefined) return;
  const failure = { line: lineOf(object), entry, attempts, ...reason };
  if (!(await failObject(ledger, object, state, failure))) return;
  const { code, message } = reason;
  worker.report({ type: "failed", run: ledger.run, key: entry.key, code, message });
  if (state === undefined) return;
  try {
    await worker.executors.abortLarge(transferContext(task), { entry, uploadId: state.uploadId });
    await forgetUpload(ledger, state.note);
    worker.known.remove(ledger.run, state.note);
  } catch {
    // It stays in the list of uploads: the sweep aborts it later, and the report names it until then.
  }
}
