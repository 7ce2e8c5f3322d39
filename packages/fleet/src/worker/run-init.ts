import { randomBytes } from "node:crypto";
import type { MultipartUploadInfo } from "@cosup/node";
import { addJobs } from "../jobs/queue.ts";
import { finishObject } from "../ledger/end-object.ts";
import { beginObject, type ObjectState, rangeJobs, readLarge, readState } from "../ledger/objects.ts";
import { forgetUpload, noteUpload, type UploadNote } from "../ledger/uploads.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { SourceFacts } from "../transfer/types.ts";
import { uploadsOfKey } from "./uploads-of-key.ts";
import { dropped, type Ending, OVER, type Task, transferContext } from "./worker-context.ts";

/** Begins a large object, and adds the jobs of its ranges. */
export async function runInit(task: Task, object: string): Promise<Ending> {
  const { worker, ledger, info } = task;
  const entry = await readLarge(ledger, object);
  if (entry === undefined) return dropped(task);
  const begun = await readState(ledger, object);
  if (begun !== undefined) {
    await addJobs(worker.queue, ledger.run, rangeJobs(object, begun.plan), true);
    return dropped(task);
  }
  const context = transferContext(task);
  const facts = await worker.executors.probeSource(context, entry);
  if (facts.size <= info.partSize) {
    const result = await worker.executors.transferSmall(context, entry, { isRepeat: task.isRepeat });
    if (await finishObject(ledger, object, undefined, result)) {
      worker.report({ type: "done", run: ledger.run, key: entry.key, size: result.size });
    }
    return OVER;
  }
  await begin(task, object, entry, facts);
  return dropped(task);
}

async function begin(task: Task, object: string, entry: ManifestEntry, facts: SourceFacts): Promise<void> {
  const { worker, ledger, info } = task;
  const note = `${object}:${randomBytes(6).toString("hex")}`;
  const upload: UploadNote = { object, key: entry.key, sinceMs: Date.now() };
  // Before the request: if this worker is lost during it, the report tells that there may be an upload.
  await noteUpload(ledger, note, upload);
  const uploadId =
    (task.isDoubtful ? await earlierUpload(task, entry.key) : undefined) ??
    (await worker.executors.initiateLarge(transferContext(task), entry, facts));
  const plan = worker.executors.planLarge(facts, facts.kind === "cos" ? undefined : info.partSize);
  const state: ObjectState = { uploadId, facts, plan, note };
  const isOurs = await beginObject(
    ledger,
    object,
    state,
    JSON.stringify({ ...upload, uploadId }),
    Date.now(),
  );
  if (isOurs) {
    await addJobs(worker.queue, ledger.run, rangeJobs(object, plan), true);
    return;
  }
  const winner = await readState(ledger, object);
  if (winner?.uploadId !== uploadId) {
    await worker.executors.abortLarge(transferContext(task), { entry, uploadId });
  }
  await forgetUpload(ledger, note);
}

/** The newest unfinished upload of the key: Redis has lost which one the run had begun. Its parts are verified one by one. */
async function earlierUpload(task: Task, key: string): Promise<string | undefined> {
  let newest: MultipartUploadInfo | undefined;
  for await (const upload of uploadsOfKey(task, key)) {
    if (newest === undefined || Date.parse(upload.Initiated) >= Date.parse(newest.Initiated)) newest = upload;
  }
  return newest?.UploadId;
}
