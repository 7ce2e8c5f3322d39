import { lineOf } from "../jobs/ids.ts";
import { addJobs } from "../jobs/queue.ts";
import { failObject, restartObject } from "../ledger/end-object.ts";
import { type ObjectState, readLarge, readState, reopenParts } from "../ledger/objects.ts";
import type { FailureReason } from "../ledger/outcome.ts";
import { countTry, forgetStart } from "../ledger/start-job.ts";
import { forgetUpload } from "../ledger/uploads.ts";
import { backoffMs, judgeFailure, lostReason } from "./judge-failure.ts";
import { ownFaultOf } from "./own-fault.ts";
import {
  dropped,
  type Ending,
  GIVEN_BACK,
  type LargeJob,
  OVER,
  type Task,
  transferContext,
} from "./worker-context.ts";

/** Workers that may be lost with one job of a large object before it stores another part. */
const LOSSES_OF_JOB = 10;

/** Whether too many workers were lost with the job. */
export function isPoisoned({ starts }: Task): boolean {
  return starts > LOSSES_OF_JOB;
}

/** Ends an object with whose job too many workers were lost. */
export async function endPoisoned(task: Task, large: LargeJob): Promise<Ending> {
  const worked = await workedWith(task, large);
  if (worked !== undefined) await fail(task, worked, lostReason(task.starts - 1), task.starts - 1);
  return dropped(task, large);
}

/** Decides what follows a failed job of a large object: another attempt, a new upload, or the end of the object. */
export async function afterLargeFailure(task: Task, large: LargeJob, error: unknown): Promise<Ending> {
  const { worker, ledger, info, job } = task;
  await forgetStart(ledger, job);
  if (worker.stopping.aborted) return GIVEN_BACK;
  const entry = await readLarge(ledger, large.object);
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
  const worked = await workedWith(task, large);
  if (worked === undefined) return dropped(task, large);
  if (isUploadGone && worked.state !== undefined) {
    await restart(task, { ...worked, state: worked.state }, reason);
    return OVER;
  }
  const tries = await countTry(ledger, job);
  if (!isRetryable || tries >= info.attempts) {
    await fail(task, worked, reason, tries);
    return OVER;
  }
  if (missingParts.length > 0 && worked.state !== undefined)
    return sendAgain(task, worked.object, worked.state, missingParts);
  return { kind: "later", delayMs: backoffMs(tries) };
}

/** An object, and what a job of it worked with. */
interface Worked {
  readonly object: string;
  /** Undefined: the object had no upload. */
  readonly state: ObjectState | undefined;
}

/**
 * What the job has worked with; undefined: that is of the past, because the object has another upload by now, or none. Then the
 * failure of the job says nothing of the object. The scripts of the ledger compare it once more.
 */
async function workedWith({ ledger }: Task, { object, note }: LargeJob): Promise<Worked | undefined> {
  const state = await readState(ledger, object);
  return state?.note === note ? { object, state } : undefined;
}

/** Begins the object again: somebody has aborted its upload. */
async function restart(
  task: Task,
  { object, state }: Worked & { readonly state: ObjectState },
  reason: FailureReason,
): Promise<void> {
  const { worker, ledger, info } = task;
  const verdict = await restartObject(ledger, object, state, info.attempts, Date.now());
  if (verdict === "exhausted") await fail(task, { object, state }, reason, info.attempts);
  if (verdict !== "restarted") return;
  await forgetUpload(ledger, state.note);
  worker.known.remove(ledger.run, state.note);
  await addJobs(worker.queue, ledger.run, [`${object}.init`]);
}

/** COS does not hold parts that the ledger has: their ranges are sent again, and complete the object. */
async function sendAgain(
  { worker, ledger }: Task,
  object: string,
  state: ObjectState,
  missing: readonly number[],
): Promise<Ending> {
  const jobs = await reopenParts(ledger, object, state, missing, Date.now());
  await addJobs(worker.queue, ledger.run, jobs, true);
  return OVER;
}

async function fail(
  task: Task,
  { object, state }: Worked,
  reason: FailureReason,
  attempts: number,
): Promise<void> {
  const { worker, ledger } = task;
  const entry = await readLarge(ledger, object);
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
