import type { Ledger } from "../ledger/ledger.ts";
import { readState } from "../ledger/objects.ts";
import type { RunInfo } from "../ledger/run-info.ts";
import { eachUpload, forgetUpload, noteUpload, type UploadNote } from "../ledger/uploads.ts";
import { uploadsOfKey } from "./uploads-of-key.ts";
import type { WorkerContext } from "./worker-context.ts";

/** The clocks of COS and of the workers may differ. */
const CLOCKS_DIFFER_MS = 5_000;

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
  for await (const [note, upload] of eachUpload(ledger)) {
    if (worker.draining.aborted) return;
    if (upload.sinceMs > Date.now() - graceMs || upload.suspects !== undefined) continue;
    const state = await readState(ledger, upload.object);
    if (upload.uploadId === undefined) await noteSuspects(worker, ledger, info, note, upload);
    else if (state?.uploadId !== upload.uploadId) await abort(worker, ledger, info, note, upload);
  }
}

async function noteSuspects(
  worker: WorkerContext,
  ledger: Ledger,
  info: RunInfo,
  note: string,
  upload: UploadNote,
): Promise<void> {
  const current = await readState(ledger, upload.object);
  const suspects: string[] = [];
  for await (const { UploadId, Initiated } of uploadsOfKey({ worker, info }, upload.key)) {
    const isLater = Date.parse(Initiated) >= upload.sinceMs - CLOCKS_DIFFER_MS;
    if (isLater && UploadId !== current?.uploadId) suspects.push(UploadId);
  }
  if (suspects.length === 0) await forgetUpload(ledger, note);
  else await noteUpload(ledger, note, { ...upload, suspects });
}

async function abort(
  worker: WorkerContext,
  ledger: Ledger,
  info: RunInfo,
  note: string,
  { key, uploadId }: UploadNote,
): Promise<void> {
  const { cos, region, stopping, executors } = worker;
  try {
    const context = { cos, bucket: info.bucket, region, signal: stopping };
    await executors.abortLarge(context, { entry: { source: "", key }, uploadId: uploadId ?? "" });
  } catch {
    // Another look tries again.
    return;
  }
  await forgetUpload(ledger, note);
}
