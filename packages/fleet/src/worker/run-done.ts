import type { JobTask } from "../jobs/ids.ts";
import { finishObject } from "../ledger/end-object.ts";
import { readLarge, readParts, readState } from "../ledger/objects.ts";
import { forgetUpload } from "../ledger/uploads.ts";
import { dropped, type Ending, OVER, type Task, transferContext } from "./worker-context.ts";

/** Completes a large object, and verifies it as a whole. */
export async function runDone(task: Task, what: Extract<JobTask, { kind: "done" }>): Promise<Ending> {
  const { object, note } = what;
  const { worker, ledger } = task;
  const entry = await readLarge(ledger, object);
  const state = await readState(ledger, object);
  if (entry === undefined || state?.note !== note) return dropped(task, what);
  const { uploadId, facts, plan } = state;
  const parts = await readParts(ledger, object, { from: 1, to: plan.partCount });
  const result = await worker.executors.completeLarge(transferContext(task), {
    entry,
    facts,
    plan,
    uploadId,
    parts,
  });
  const isNew = await finishObject(ledger, object, state, result);
  await forgetUpload(ledger, note);
  worker.known.remove(ledger.run, note);
  if (isNew) worker.report({ type: "done", run: ledger.run, key: entry.key, size: result.size });
  return OVER;
}
