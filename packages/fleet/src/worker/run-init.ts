import { ServiceError } from "@cosup/node";
import { createNote } from "../jobs/ids.ts";
import { addJobs } from "../jobs/queue.ts";
import { finishObject } from "../ledger/end-object.ts";
import { beginObject, type ObjectState, rangeJobs, readLarge, readState } from "../ledger/objects.ts";
import { digestOfUpload, forgetUpload, noteUpload, type UploadNote } from "../ledger/uploads.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { ObjectResult, SourceFacts } from "../transfer/types.ts";
import { type BegunUpload, earlierUpload } from "./earlier-upload.ts";
import {
  dropped,
  type Ending,
  isLarge,
  type LargeJob,
  OVER,
  type Task,
  transferContext,
} from "./worker-context.ts";

/** Begins a large object, and adds the jobs of its ranges. */
export async function runInit(task: Task, large: LargeJob): Promise<Ending> {
  const { object } = large;
  const { worker, ledger } = task;
  const entry = await readLarge(ledger, object);
  if (entry === undefined) return dropped(task, large);
  const begun = await readState(ledger, object);
  if (begun !== undefined) {
    await addJobs(worker.queue, ledger.run, rangeJobs(begun), true);
    return dropped(task, large);
  }
  const context = transferContext(task);
  const facts = await worker.executors.probeSource(context, entry);
  if (!isLarge(task, facts.size)) {
    const result = await worker.executors.transferSmall(context, entry, { isRepeat: task.isRepeat });
    return finish(task, object, result);
  }
  const found = task.isDoubtful
    ? await worker.executors.findIdenticalLarge(context, entry, facts)
    : undefined;
  if (found !== undefined) return finish(task, object, found);
  await begin(task, object, entry, facts);
  return dropped(task, large);
}

async function finish(task: Task, object: string, result: ObjectResult): Promise<Ending> {
  const { worker, ledger } = task;
  if (await finishObject(ledger, object, undefined, result)) {
    worker.report({ type: "done", run: ledger.run, key: result.key, size: result.size });
  }
  return OVER;
}

async function begin(task: Task, object: string, entry: ManifestEntry, facts: SourceFacts): Promise<void> {
  const { worker, ledger, info } = task;
  const { connection } = worker.known;
  const plan = worker.executors.planLarge(facts, facts.kind === "cos" ? undefined : info.partSize);
  const beganWith = digestOfUpload(entry, facts, plan.partSize);
  const earlier = task.isDoubtful
    ? await earlierUpload(task, object, { key: entry.key, beganWith })
    : undefined;
  const { note, upload } = earlier ?? (await initiate(task, object, entry, facts));
  const begun = { ...upload, beganWith };
  worker.known.add(ledger.run, note, begun, connection);
  const { uploadId, sinceMs } = begun;
  const state: ObjectState = { uploadId, facts, plan, note, sinceMs };
  if (await beginObject(ledger, object, state, JSON.stringify(begun), Date.now())) {
    await addJobs(worker.queue, ledger.run, rangeJobs(state), true);
    return;
  }
  const winner = await readState(ledger, object);
  if (winner?.uploadId === uploadId) return;
  await worker.executors.abortLarge(transferContext(task), { entry, uploadId });
  await forgetUpload(ledger, note);
  worker.known.remove(ledger.run, note);
}

async function initiate(
  task: Task,
  object: string,
  entry: ManifestEntry,
  facts: SourceFacts,
): Promise<BegunUpload> {
  const note = createNote(object);
  const upload: UploadNote = { object, key: entry.key, sinceMs: Date.now() };
  // Before the request: if this worker is lost during it, the report tells that there may be an upload.
  await noteUpload(task.ledger, note, upload);
  try {
    const uploadId = await task.worker.executors.initiateLarge(transferContext(task), entry, facts);
    return { note, upload: { ...upload, uploadId } };
  } catch (error) {
    if (isRefusal(error)) await forgetUpload(task.ledger, note);
    throw error;
  }
}

/** Whether COS has said that it begins nothing. After 408 and 5xx, or without a response, it may have begun an upload. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error.requestId === undefined) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 408;
}
