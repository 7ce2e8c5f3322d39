import { forgetUpload, noteUpload, type UploadNote, uploadsOfKey } from "../ledger/uploads.ts";
import { type Task, transferContext } from "./worker-context.ts";

/** An upload whose id is known. */
export interface BegunUpload {
  /** Its name in the ledger's list of uploads. */
  readonly note: string;
  readonly upload: UploadNote & { readonly uploadId: string };
}

/**
 * The upload that the run had begun of this object before Redis lost it, as a worker that knows it has written it into the
 * list again. COS has more uploads of the key, perhaps: nothing that COS shows of them tells whose they are, or which headers
 * they have. They are noted for the report, and left alone.
 */
export async function earlierUpload(
  task: Task,
  object: string,
  { key, beganWith }: { readonly key: string; readonly beganWith: string },
): Promise<BegunUpload | undefined> {
  const { worker, ledger } = task;
  await worker.known.publish();
  const known = await uploadsOfKey(ledger, key);
  const ids = known.map(({ upload }) => upload.uploadId);
  const open = await worker.executors.openUploads(transferContext(task), key);
  const suspects = open.map(({ uploadId }) => uploadId).filter((id) => !ids.includes(id));
  const note = `${object}:earlier`;
  const now = Date.now();
  if (suspects.length === 0) await forgetUpload(ledger, note);
  else await noteUpload(ledger, note, { object, key, sinceMs: now, suspects, lookedMs: now });
  for (const { note, upload } of known) {
    const { uploadId } = upload;
    const isOpen = open.some((one) => one.uploadId === uploadId);
    if (uploadId === undefined || !isOpen) continue;
    if (upload.object === object && upload.beganWith === beganWith)
      return { note, upload: { ...upload, uploadId } };
  }
  return undefined;
}
