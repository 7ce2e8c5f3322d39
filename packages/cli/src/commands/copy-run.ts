import { basename } from "node:path";
import {
  type CheckpointStore,
  type NodeCosClient,
  type ProgressCallback,
  SourceError,
  type UploadResult,
  type UploadWarning,
} from "@cosup/node";
import type { Selection } from "../selection/selection.ts";
import type { SiteRules } from "../site/site-rules.ts";
import { uploadSource } from "../site/upload-source.ts";
import { type CopyFlags, uploadSettings } from "./copy-flags.ts";
import type { CopyPlan, PlannedFile } from "./copy-plan.ts";
import { type FileProgress, FilesProgress } from "./files-progress.ts";
import { bareETag, type Outcome } from "./outcome.ts";

/** Callbacks during an upload. */
export interface CopyEvents {
  readonly progress: ProgressCallback;
  outcome(outcome: Outcome): void;
  warning(warning: UploadWarning): void;
}

/** One run of `cosup cp`: everything that its uploads share. */
export interface CopyRun {
  readonly client: NodeCosClient;
  readonly flags: CopyFlags;
  /** Which files of a folder. */
  readonly selection: Selection;
  /** How each file is stored. */
  readonly rules: SiteRules;
  readonly checkpoints: CheckpointStore;
  readonly events: CopyEvents;
  readonly signal: AbortSignal;
}

/**
 * Uploads what the plan lists, files or stdin. The failure of one object is reported as its outcome; the promise rejects
 * only if the whole run fails.
 */
export async function runCopy(run: CopyRun, plan: Exclude<CopyPlan, { kind: "directory" }>): Promise<void> {
  if (plan.kind === "files") return copyFiles(run, plan.bucket, plan.files);
  const { client, flags, events, signal } = run;
  const source = "-";
  await recordOutcome(run, { source, key: plan.key, size: undefined }, () =>
    client.uploadFile({
      ...uploadSettings(flags),
      Bucket: plan.bucket,
      Key: plan.key,
      Body: process.stdin,
      // A stream can be read only once, so its bytes cannot be compared first.
      skip: flags.skip === "exists" ? "exists" : "never",
      onProgress: events.progress,
      onWarning: events.warning,
      signal,
    }),
  );
}

/** Uploads several files at the same time. Their parts share the memory budget of the client. */
async function copyFiles(run: CopyRun, bucket: string, files: readonly PlannedFile[]): Promise<void> {
  const isKnown = !files.some(({ isStream }) => isStream);
  const progress = new FilesProgress(
    files.reduce((sum, { size }) => sum + size, 0),
    (done, total, details) => run.events.progress(done, isKnown ? total : undefined, details),
  );
  const queue = files.values();
  const worker = async (): Promise<void> => {
    for (const file of queue) await copyFile(run, bucket, file, progress.file(file.path, 0, file.size));
  };
  const workers = Array.from({ length: Math.min(run.flags.files ?? 5, files.length) }, worker);
  // The process exits after this function returns, so every file must have saved its checkpoint and released its lock.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}

async function copyFile(
  { client, flags, rules, checkpoints, events, signal }: CopyRun,
  Bucket: string,
  { path, key, size }: PlannedFile,
  progress: FileProgress,
): Promise<void> {
  await recordOutcome({ flags, events, signal }, { source: path, key, size }, async () => {
    const { parameters, file } = await uploadSource(path, false, rules.of(basename(path)), size);
    const result = await client.uploadFile({
      Bucket,
      Key: key,
      skip: flags.skip ?? "never",
      checkpoints,
      onProgress: (_consumed, _total, details) => progress.update(details),
      onWarning: events.warning,
      signal,
      ...parameters,
    });
    return { ...result, file };
  }).finally(() => progress.end());
}

/** Waits for one upload and reports its result or its error as an outcome. */
async function recordOutcome(
  { flags, events, signal }: Pick<CopyRun, "flags" | "events" | "signal">,
  object: { readonly source: string; readonly key: string; readonly size: number | undefined },
  upload: () => Promise<UploadResult & Pick<Outcome, "file">>,
): Promise<void> {
  signal.throwIfAborted();
  try {
    const { ETag, crc64, size, versionId, partsSent, partsResumed, skipped, file } = await upload();
    const status = skipped ? "skipped" : "uploaded";
    const reason = skipped ? flags.skip : undefined;
    const stored = { size, crc64, etag: bareETag(ETag), versionId, file };
    events.outcome({ ...object, status, reason, ...stored, partsSent, partsResumed });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    events.outcome({
      ...object,
      status: "failed",
      error: asSourceError(error),
      partsSent: 0,
      partsResumed: 0,
    });
  }
}

/** If a directory replaced a planned file, the source is at fault, not an argument of the command. */
function asSourceError(error: unknown): unknown {
  const replaced = error instanceof TypeError && "parameter" in error && error.parameter === "LocalFilePath";
  return replaced ? new SourceError(error.message, "source-unreadable", error) : error;
}
