import type { Ledger } from "../ledger/ledger.ts";
import { readLarge, readState } from "../ledger/objects.ts";
import type { RunInfo } from "../ledger/run-info.ts";
import { eachUpload, forgetUpload, noteUpload, type UploadNote, uploadsOfKey } from "../ledger/uploads.ts";
import type { TransferContext } from "../transfer/types.ts";
import { faultOf } from "./own-fault.ts";
import type { WorkerContext } from "./worker-context.ts";

interface Sweep {
  readonly worker: WorkerContext;
  readonly ledger: Ledger;
  readonly info: RunInfo;
}

/**
 * Aborts uploads of the run that nobody needs: a worker was lost before it could. Of an upload whose id was never written,
 * the candidates are noted for the report; they are not aborted, because another program may have begun them.
 */
export async function sweepUploads(
  worker: WorkerContext,
  ledger: Ledger,
  info: RunInfo,
  graceMs: number,
): Promise<void> {
  const sweep = { worker, ledger, info };
  for await (const [note, upload] of eachUpload(ledger)) {
    if (worker.draining.aborted) return;
    const { uploadId, object } = upload;
    if ((upload.lookedMs ?? upload.sinceMs) > Date.now() - graceMs) continue;
    if (uploadId === undefined) {
      await noteSuspects(sweep, note, upload).catch((error: unknown) => {
        // It stays in the report, as one with an unknown id.
        const fault = faultOf(error, info.bucket);
        // A missing bucket is a fault of this worker for its jobs only: this run may be of another region.
        if (fault?.code === "worker-refused") worker.giveUp(fault);
        else warnOnce(worker, `${ledger.run} ${note}`, upload.key, error);
      });
      continue;
    }
    const state = await readState(ledger, object);
    const isNeeded = state === undefined ? await mayGoOn(sweep, object) : state.uploadId === uploadId;
    if (!isNeeded) await abort(sweep, note, upload.key, uploadId);
  }
}

/** Every look fails for the same reason: the first says it. */
function warnOnce({ unlisted, report }: WorkerContext, name: string, key: string, error: unknown): void {
  if (unlisted.has(name)) return;
  unlisted.add(name);
  report({
    type: "warning",
    message: `the uploads of ${key} cannot be listed, which will be tried again: ${error}`,
  });
}

/** Whether the object may still begin, and go on with this upload: after a loss of Redis, it is enqueued again. */
async function mayGoOn({ ledger, info }: Sweep, object: string): Promise<boolean> {
  if (!info.isEnqueued || (await readLarge(ledger, object)) !== undefined) return true;
  // An object that turns out to be large is in a batch until then.
  return info.isDoubtful && (await ledger.redis.zcard(ledger.keys.pending)) > 0;
}

/** Whatever their times: the clocks of COS and of a worker may differ. */
async function noteSuspects(sweep: Sweep, note: string, upload: UploadNote): Promise<void> {
  const { worker, ledger } = sweep;
  const { key, suspects } = upload;
  const open = await worker.executors.openUploads(contextOf(sweep), key);
  const known = (await uploadsOfKey(ledger, key)).map((one) => one.upload.uploadId);
  const left = open
    .map(({ uploadId }) => uploadId)
    .filter((id) => !known.includes(id) && (suspects === undefined || suspects.includes(id)));
  if (left.length === 0) await forgetUpload(ledger, note);
  else await noteUpload(ledger, note, { ...upload, suspects: left, lookedMs: Date.now() });
}

async function abort(sweep: Sweep, note: string, key: string, uploadId: string): Promise<void> {
  const { worker, ledger } = sweep;
  try {
    await worker.executors.abortLarge(contextOf(sweep), { entry: { source: "", key }, uploadId });
  } catch {
    // Another look tries again.
    return;
  }
  await forgetUpload(ledger, note);
  worker.known.remove(ledger.run, note);
}

function contextOf({ worker, info }: Sweep): TransferContext {
  const { cos, region, stopping } = worker;
  return { cos, bucket: info.bucket, region, signal: stopping };
}
