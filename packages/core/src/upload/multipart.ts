import { type BegunUpload, beginParts } from "./begin-parts.ts";
import { CheckpointSession, type SessionEnd } from "./checkpoint-session.ts";
import type { CheckpointWriter } from "./checkpoint-writer.ts";
import { cleanUpFailedUpload } from "./clean-up.ts";
import { combineCrc64, completeAndVerify } from "./complete.ts";
import type { CompletedEarlier } from "./completed-earlier.ts";
import { requireContentMd5 } from "./content-md5.ts";
import type { Progress } from "./progress.ts";
import { isNoSuchUpload } from "./resolve-outcome.ts";
import { sendParts } from "./send-parts.ts";
import { isUnchanged, sourceChanged } from "./unchanged.ts";
import type { UploadJob } from "./upload-job.ts";
import type { Uploaded } from "./uploaded.ts";

/**
 * Uploads in parts under the lock of the checkpoint: plan, resume or initiate, send, complete, verify. When the upload
 * fails, it stays if a checkpoint names it, and is aborted if none does: no later call would find its parts, which cost
 * storage.
 */
export async function uploadInParts(job: UploadJob): Promise<Uploaded> {
  const session = await CheckpointSession.open(job);
  let end: SessionEnd = "kept";
  try {
    const begun = await beginParts(job, session.earlier);
    const uploaded =
      "completed" in begun
        ? resultOfEarlier(begun, job.progress)
        : await sendAndComplete(job, begun, session);
    end = "stored";
    return uploaded;
  } catch (error) {
    if (isNoSuchUpload(error)) end = "gone";
    throw error;
  } finally {
    await session.close(end);
  }
}

/** An earlier call had completed the upload: nothing was left but to compare the object. */
function resultOfEarlier({ completed, uploadId, partCount }: CompletedEarlier, progress: Progress): Uploaded {
  progress.add(completed.size, 0);
  return { ...completed, crc64: completed.crc64 ?? 0n, uploadId, partsSent: 0, partsResumed: partCount };
}

async function sendAndComplete(
  job: UploadJob,
  begun: BegunUpload,
  session: CheckpointSession,
): Promise<Uploaded> {
  const { uploadId, partSize, resumed } = begun;
  const writer = session.record({ uploadId, partSize, checkpoint: resumed?.checkpoint });
  let completeInDoubt = false;
  try {
    if (resumed?.checkpoint === undefined) await writer.save();
    const counts = await sendAll(job, begun, writer);
    const { target, source, options, dependencies, signal } = job;
    const object = await completeAndVerify({
      target,
      core: begun.core,
      clock: dependencies.clock,
      uploadId,
      parts: writer.parts,
      size: source.size,
      headers: options.headers,
      signal,
      onWarning: options.onWarning,
      onDoubt: () => {
        completeInDoubt = true;
      },
    });
    return { ...object, uploadId, ...counts };
  } catch (error) {
    session.explain(error, uploadId);
    throw session.saved ? error : await cleanUpFailedUpload(job, uploadId, completeInDoubt, error);
  }
}

/** Sends what COS does not hold, and then checks that the source still has the bytes that were read. */
async function sendAll(
  { target, source, options, progress, signal }: UploadJob,
  { core, reader, first, md5, partCount, uploadId, resumed, trusted }: BegunUpload,
  writer: CheckpointWriter,
): Promise<Pick<Uploaded, "partsSent" | "partsResumed">> {
  const stored = resumed?.stored ?? new Map();
  const concurrency = Math.min(options.concurrency, partCount ?? options.concurrency);
  const { enableMd5 } = options;
  const { follower } = progress;
  const parts = { target, reader, writer, uploadId, stored, trusted, enableMd5, concurrency, follower };
  const counts = await sendParts(parts, first, signal).finally(() => writer.flush());
  const sent = { start: 0, end: source.size ?? 0, crc64: () => combineCrc64(core, writer.parts) };
  if (!(await isUnchanged(source, sent, core, signal))) throw sourceChanged();
  if (md5 !== undefined) requireContentMd5(options.contentMd5, md5.digest());
  return counts;
}
