import type { FolderEntry } from "@cosup/node";
import { selectedEntries } from "../selection/selected-entries.ts";
import { uploadSource } from "../site/upload-source.ts";
import type { CopyPlan } from "./copy-plan.ts";
import type { CopyRun } from "./copy-run.ts";
import { EmptyPrefix } from "./empty-prefix.ts";
import { FilesProgress } from "./files-progress.ts";
import { bareETag, missingOutcomes, type Outcome } from "./outcome.ts";

/** Uploads the files of a folder that the selection wants. Each of them is an outcome, also what is skipped. */
export async function copyDirectory(run: CopyRun, plan: CopyPlan & { kind: "directory" }): Promise<void> {
  const { client, flags, selection, events, signal } = run;
  const { followSymlinks, files = 5 } = flags;
  let isWalked = false;
  // Until the folder is read to its end, the sum of the sizes is no total.
  const progress = new FilesProgress(0, (done, total, details) =>
    events.progress(done, isWalked ? total : undefined, details),
  );
  const options = { Prefix: plan.prefix, followSymlinks, signal };
  const entries = selectedEntries(plan.path, selection, options);
  const before = new EmptyPrefix();
  // Saves the HEAD of each file that is uploaded for the first time.
  if ((flags.skip ?? "same") === "same") void before.ask(client, plan.bucket, plan.prefix, signal);
  const folder = { bucket: plan.bucket, progress, before };
  const worker = async (): Promise<void> => {
    for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
      signal.throwIfAborted();
      events.outcome(await copyEntry(run, folder, next.value));
    }
    isWalked = true;
  };
  // The process exits after this function returns, so every file must have saved its checkpoint and released its lock.
  for (const result of await Promise.allSettled(Array.from({ length: files }, worker)))
    if (result.status === "rejected") throw result.reason;
  for (const outcome of missingOutcomes(selection, plan.prefix)) events.outcome(outcome);
}

interface Folder {
  readonly bucket: string;
  readonly progress: FilesProgress;
  /** What was below the prefix before. */
  readonly before: EmptyPrefix;
}

async function copyEntry(
  { client, flags, rules, checkpoints, events, signal }: CopyRun,
  { bucket, progress, before }: Folder,
  { relativePath: source, Key: key, path, realPath, size, status, reason, error }: FolderEntry,
): Promise<Outcome> {
  const object = { source, key, size, partsSent: 0, partsResumed: 0 };
  if (status !== "planned") return { ...object, status, reason, error };
  const file = progress.file(source, size);
  const skip = flags.skip ?? "same";
  try {
    const { parameters, file: original } = await uploadSource(
      realPath ?? path,
      realPath !== undefined,
      rules.of(source),
      size,
    );
    const result = await client.uploadFile({
      Bucket: bucket,
      Key: key,
      skip: before.isEmpty ? "never" : skip,
      checkpoints,
      onProgress: (_consumed, _total, details) => file.update(details),
      onWarning: events.warning,
      signal,
      // Last: V8 creates a new hidden class for each object literal that begins with a spread.
      ...parameters,
    });
    const { size: bytes, ETag, crc64, versionId, partsSent, partsResumed, skipped } = result;
    const stored = {
      size: bytes,
      crc64,
      etag: bareETag(ETag),
      versionId,
      file: original,
      partsSent,
      partsResumed,
    };
    return skipped
      ? { ...object, ...stored, status: "skipped", reason: skip }
      : { ...object, ...stored, status: "uploaded" };
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    return { ...object, status: "failed", error: failure };
  } finally {
    file.end();
  }
}
