import { raceAbort } from "../abort/race-abort.ts";
import type { DigestCore } from "../digest/digest-core.ts";
import { CheckpointError, CosError } from "../errors.ts";
import type { CheckpointLock } from "../runtime/checkpoint-store.ts";
import { toBase64 } from "../text/base64.ts";
import { type BegunUpload, beginParts } from "./begin-parts.ts";
import { checkpointId, keptHeaders } from "./checkpoint-codec.ts";
import { completeAndVerify } from "./complete.ts";
import type { UploadOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import { sourceChanged, wrongMd5 } from "./put-whole.ts";
import { type Acknowledged, Recorder } from "./recorder.ts";
import { outcomeUnknown } from "./resolve-complete.ts";
import { afterFailedUpload, isNoSuchUpload, isUnknownAfterAbort } from "./resolve-outcome.ts";
import { type CompletedEarlier, discard } from "./resume.ts";
import { sendParts } from "./send-parts.ts";
import { isUnchanged } from "./unchanged.ts";
import type { UploadJob } from "./upload-job.ts";
import type { Uploaded } from "./uploaded.ts";

/**
 * Uploads in parts under the checkpoint's lock: plan, resume or initiate, send, complete, prove. On failure the
 * upload is kept when a checkpoint names it, and aborted when none does: no paid parts that nobody can find.
 */
export async function uploadInParts(upload: UploadJob): Promise<Uploaded> {
  const { options, source } = upload;
  // A stream must be given again from its beginning: each of its stored parts is compared.
  const named = source.fingerprint !== undefined || source.access === "sequential";
  const resumable = options.checkpoints !== undefined && named;
  if (!resumable && options.resume === "require") {
    throw new CheckpointError(
      "a resume is required, but this source or call has no checkpoint",
      "checkpoint-unusable",
    );
  }
  const id = resumable ? await checkpointId(options.Bucket, options.Key, options.endpoint) : "";
  const held = resumable
    ? await takeLock(options, id)
    : { options: { ...options, checkpoints: undefined }, lock: undefined };
  try {
    return await underLock({ ...upload, options: held.options }, id);
  } finally {
    await held.lock?.release().catch(() => {});
  }
}

/** The lock, or the options without a checkpoint when the store is out of order. */
async function takeLock(
  options: UploadOptions,
  id: string,
): Promise<{ options: UploadOptions; lock: CheckpointLock | undefined }> {
  let lock: CheckpointLock | undefined;
  try {
    lock = await lockUnlessAborted(options, id);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const detail = cause instanceof Error ? cause.message : String(cause);
    if (options.resume === "require") {
      throw new CheckpointError(
        `the checkpoint cannot be locked (${detail})`,
        "checkpoint-unusable",
        cause,
        cause instanceof CosError ? cause.hint : undefined,
      );
    }
    options.onWarning?.({
      code: "checkpoint-degraded",
      message: `checkpoints cannot be kept (${detail}); the upload goes on, but could not be resumed`,
    });
    return { options: { ...options, checkpoints: undefined }, lock: undefined };
  }
  if (lock !== undefined) return { options, lock };
  throw new CheckpointError(
    `another upload of ${options.Key} holds the checkpoint`,
    "checkpoint-locked",
    undefined,
    "wait until it has ended, or use other checkpoints",
  );
}

/** A store may have to wait, which must not hold up an abort; a lock that comes afterwards is given back. */
async function lockUnlessAborted(
  { checkpoints, signal }: UploadOptions,
  id: string,
): Promise<CheckpointLock | undefined> {
  const locking = checkpoints?.lock(id);
  if (locking === undefined) return undefined;
  try {
    return await raceAbort(locking, signal);
  } catch (error) {
    locking.then((late) => late?.release()).catch(() => {});
    throw error;
  }
}

async function underLock(upload: UploadJob, id: string): Promise<Uploaded> {
  const { options, progress } = upload;
  const started: BegunUpload | CompletedEarlier = await beginParts(upload, id);
  if ("completed" in started) {
    await options.checkpoints?.remove(id).catch(() => {});
    return doneEarlier(started, progress);
  }
  const { uploadId } = started;
  const recorder = newRecorder(upload, id, started);
  const doubt: Doubt = { aboutComplete: false };
  try {
    if (started.resumed?.checkpoint === undefined) await recorder.open();
    const counts = await sendAll(upload, started, recorder);
    const object = await completeAll(upload, started, recorder, doubt);
    await options.checkpoints?.remove(id).catch(() => {});
    return { ...object, uploadId, ...counts };
  } catch (error) {
    throw await afterFailure(upload, id, uploadId, recorder.kept, doubt.aboutComplete, error);
  }
}

/** Whether the outcome of a Complete became unknown on the way. */
interface Doubt {
  aboutComplete: boolean;
}

function newRecorder(upload: UploadJob, id: string, { uploadId, partSize, resumed }: BegunUpload): Recorder {
  const { source, options, dependencies, progress } = upload;
  return new Recorder({
    store: options.checkpoints,
    id,
    base: {
      version: 2,
      Bucket: options.Bucket,
      Key: options.Key,
      endpoint: options.endpoint ?? "",
      UploadId: uploadId,
      size: source.size ?? null,
      partSize,
      fingerprint: source.fingerprint ?? null,
      headers: keptHeaders(options.headers),
    },
    known: resumed?.checkpoint?.parts ?? [],
    kept: resumed?.checkpoint !== undefined,
    clock: dependencies.clock,
    progress,
    onWarning: options.onWarning,
  });
}

/** Sends what COS does not hold, and checks that the source is still the same afterwards. */
async function sendAll(
  { target, source, options, signal }: UploadJob,
  { core, reader, first, md5, partCount, uploadId, resumed, trusted }: BegunUpload,
  recorder: Recorder,
): Promise<Pick<Uploaded, "partsSent" | "partsResumed">> {
  const stored = resumed?.stored ?? new Map();
  const concurrency = Math.min(options.concurrency, partCount ?? options.concurrency);
  const { enableMd5 } = options;
  const parts = { target, reader, recorder, uploadId, stored, trusted, enableMd5, concurrency };
  const counts = await sendParts(parts, first, signal).finally(() => recorder.flush());
  const sent = { start: 0, end: source.size ?? 0, crc64: () => combinedCrc64(core, recorder.parts) };
  if (!(await isUnchanged(source, sent, core, signal))) throw sourceChanged();
  const actual = md5 === undefined ? undefined : toBase64(md5.digest());
  if (actual !== undefined && actual !== options.contentMd5) throw wrongMd5(actual, options.contentMd5 ?? "");
  return counts;
}

function completeAll(
  { target, source, options, dependencies, signal }: UploadJob,
  { core, uploadId }: BegunUpload,
  recorder: Recorder,
  doubt: Doubt,
): ReturnType<typeof completeAndVerify> {
  return completeAndVerify({
    target,
    core,
    clock: dependencies.clock,
    uploadId,
    parts: recorder.parts,
    size: source.size,
    headers: options.headers,
    signal,
    onWarning: options.onWarning,
    onDoubt: () => {
      doubt.aboutComplete = true;
    },
  });
}

function combinedCrc64(core: DigestCore, parts: readonly Acknowledged[]): bigint {
  return parts.reduce((crc64, part) => core.combine(crc64, BigInt(part.crc64), part.length), 0n);
}

/** Every part had been sent and completed before: the result of an upload that had only to be compared. */
function doneEarlier({ completed, uploadId, partCount }: CompletedEarlier, progress: Progress): Uploaded {
  progress.add(completed.size);
  return { ...completed, crc64: completed.crc64 ?? 0n, uploadId, partsSent: 0, partsResumed: partCount };
}

/** Keeps what a later call can go on with, and aborts what nobody could find. Returns the error to throw. */
async function afterFailure(
  upload: UploadJob,
  id: string,
  uploadId: string,
  kept: boolean,
  doubtful: boolean,
  error: unknown,
): Promise<unknown> {
  const { target, options } = upload;
  const gone = isNoSuchUpload(error);
  if (!kept) {
    // With "server", COS's own list is what the next call goes on from.
    if (options.resume === "server") return error;
    const next = afterFailedUpload(error);
    if (next === "leave") {
      options.onWarning?.({
        code: "orphan-upload",
        message: `upload ${uploadId} may be left behind, because the outcome of its Complete is unknown`,
        uploadId,
      });
    } else if (next === "abort") {
      const left = await discard(target, uploadId, options, upload.dependencies.clock);
      if (isUnknownAfterAbort(left, error, doubtful)) {
        const why =
          left === "left behind" ? "the upload could not be aborted" : "COS no longer knows the upload";
        return outcomeUnknown(`the response to Complete was lost, and ${why}`, error);
      }
    }
    return error;
  }
  if (gone) {
    await options.checkpoints?.remove(id).catch(() => {});
    if (error instanceof CosError)
      error.hint ??= `COS no longer knows upload ${uploadId}: make the same call again to begin again`;
  } else if (error instanceof CosError && error.hint === undefined) {
    error.hint = `what COS has acknowledged is kept: make the same call again to go on with upload ${uploadId}`;
  }
  return error;
}
