import { doneJob, type JobTask } from "../jobs/ids.ts";
import { addJobs } from "../jobs/queue.ts";
import {
  endRange,
  type ObjectState,
  readLarge,
  readParts,
  readState,
  recordPart,
} from "../ledger/objects.ts";
import { digestOfUpload } from "../ledger/uploads.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { dropped, type Ending, OVER, type Task, transferContext } from "./worker-context.ts";

/** The ledger has another upload of the object by now, or none: it was begun again, or Redis has lost it. */
const NOT_CURRENT = new Error("the object has another upload");

/** Sends one range of the parts of a large object. Each part is recorded when COS holds it. */
export async function runRange(task: Task, what: Extract<JobTask, { kind: "range" }>): Promise<Ending> {
  const { object, note, from } = what;
  const { worker, ledger, job } = task;
  const { connection } = worker.known;
  const entry = await readLarge(ledger, object);
  const state = await readState(ledger, object);
  const range = state?.plan.ranges.find((one) => one.from === from);
  if (entry === undefined || state?.note !== note || range === undefined) return dropped(task, what);
  const { uploadId, facts, plan } = state;
  learnUpload(task, object, entry, state, connection);
  const known = await readParts(ledger, object, range);
  if (known.length < range.to - range.from + 1) {
    const send = worker.executors.transferRange(transferContext(task), {
      entry,
      facts,
      plan,
      uploadId,
      ...range,
      known,
      // The starts are forgotten when a part is recorded.
      isRepeat: task.isRepeat || known.length > 0,
      onPart: async (part) => {
        if (!(await recordPart(ledger, { object, uploadId, job }, part))) throw NOT_CURRENT;
      },
    });
    if (!(await isCurrent(send))) return dropped(task, what);
  }
  if (await endRange(ledger, { object, job, state, range }, Date.now())) {
    await addJobs(worker.queue, ledger.run, [doneJob(note)], true);
  }
  return OVER;
}

/** Keeps outside Redis which upload is that of the object. @param connection that on which the ledger was read */
function learnUpload(
  { worker, ledger }: Task,
  object: string,
  entry: ManifestEntry,
  { note, sinceMs, uploadId, facts, plan }: ObjectState,
  connection: number,
): void {
  if (worker.known.has(ledger.run, note)) return;
  const beganWith = digestOfUpload(entry, facts, plan.partSize);
  worker.known.add(ledger.run, note, { object, key: entry.key, sinceMs, uploadId, beganWith }, connection);
}

/** Resolves with false when the upload was replaced. */
async function isCurrent(send: Promise<unknown>): Promise<boolean> {
  try {
    await send;
    return true;
  } catch (error) {
    if (error !== NOT_CURRENT) throw error;
    return false;
  }
}
