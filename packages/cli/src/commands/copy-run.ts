import {
  type CheckpointStore,
  type FileResult,
  type NodeCosClient,
  SourceError,
  type UploadResult,
  type UploadWarning,
} from "@cosup/node";
import { type CopyFlags, uploadSettings } from "./copy-flags.ts";
import type { CopyPlan, PlannedFile } from "./copy-plan.ts";
import { bareETag, type Outcome } from "./outcome.ts";

/** Told while a copy runs. */
export interface CopyEvents {
  progress(consumed: number, total: number | undefined): void;
  outcome(outcome: Outcome): void;
  warning(warning: UploadWarning): void;
}

export interface CopyRun {
  readonly client: NodeCosClient;
  readonly flags: CopyFlags;
  readonly checkpoints: CheckpointStore;
  readonly events: CopyEvents;
  readonly signal: AbortSignal;
}

/** Hands the plan to the client. An object's failure is an outcome; what rejects concerns the whole. */
export async function runCopy(run: CopyRun, plan: CopyPlan): Promise<void> {
  if (plan.kind === "folder") return copyFolder(run, plan);
  if (plan.kind === "files") return copyFiles(run, plan.bucket, plan.files);
  const { client, flags, events, signal } = run;
  const source = "-";
  await settle(run, { source, key: plan.key, size: undefined }, () =>
    client.uploadFile({
      ...uploadSettings(flags),
      Bucket: plan.bucket,
      Key: plan.key,
      Body: process.stdin,
      // Nothing to compare: a stream can be read once only.
      skip: flags.skip === "exists" ? "exists" : "never",
      onProgress: events.progress,
      onWarning: events.warning,
      signal,
    }),
  );
}

async function copyFolder(run: CopyRun, plan: CopyPlan & { kind: "folder" }): Promise<void> {
  const { client, flags, checkpoints, events, signal } = run;
  await client.uploadDirectory({
    ...uploadSettings(flags),
    Bucket: plan.bucket,
    Prefix: plan.prefix,
    LocalDirectoryPath: plan.path,
    include: flags.include,
    exclude: flags.exclude,
    followSymlinks: flags.followSymlinks,
    concurrency: flags.files,
    skip: flags.skip ?? "same",
    checkpoints,
    onProgress: events.progress,
    onWarning: events.warning,
    onFile: (result) => events.outcome(fileOutcome(result, flags.dryRun === true)),
    signal,
  });
}

function fileOutcome(result: FileResult, dry: boolean): Outcome {
  const { relativePath, Key, status, ETag, ...rest } = result;
  const planned = dry && status === "uploaded";
  return {
    ...rest,
    source: relativePath,
    key: Key,
    etag: bareETag(ETag),
    status: planned ? "planned" : status,
  };
}

/** Several files at once; their parts share the client's memory. */
async function copyFiles(run: CopyRun, bucket: string, files: readonly PlannedFile[]): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const consumedOf = new Map<string, number>();
  let consumed = 0;
  const told = (key: string, bytes: number): void => {
    consumed += bytes - (consumedOf.get(key) ?? 0);
    consumedOf.set(key, bytes);
    run.events.progress(consumed, Math.max(consumed, total));
  };
  const waiting = files.values();
  const loop = async (): Promise<void> => {
    for (const file of waiting) await copyFile(run, bucket, file, (bytes) => told(file.key, bytes));
  };
  const loops = Array.from({ length: Math.min(run.flags.files ?? 5, files.length) }, loop);
  // Whoever waits for this ends the process: not before the last file has saved its checkpoint and released its lock.
  for (const ended of await Promise.allSettled(loops)) if (ended.status === "rejected") throw ended.reason;
}

async function copyFile(
  { client, flags, checkpoints, events, signal }: CopyRun,
  Bucket: string,
  { path, key, size }: PlannedFile,
  told: (bytes: number) => void,
): Promise<void> {
  await settle({ flags, events, signal }, { source: path, key, size }, () =>
    client.uploadFile({
      ...uploadSettings(flags),
      Bucket,
      Key: key,
      LocalFilePath: path,
      skip: flags.skip ?? "never",
      checkpoints,
      onProgress: told,
      onWarning: events.warning,
      signal,
    }),
  );
}

/** Turns what an upload comes to into an outcome. */
async function settle(
  { flags, events, signal }: Pick<CopyRun, "flags" | "events" | "signal">,
  object: { readonly source: string; readonly key: string; readonly size: number | undefined },
  uploading: () => Promise<UploadResult>,
): Promise<void> {
  signal.throwIfAborted();
  try {
    const { ETag, crc64, size, partsSent, partsResumed, skipped } = await uploading();
    const status = flags.dryRun === true ? "planned" : skipped ? "skipped" : "uploaded";
    const reason = skipped ? flags.skip : undefined;
    events.outcome({ ...object, status, reason, size, crc64, etag: bareETag(ETag), partsSent, partsResumed });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    events.outcome({ ...object, status: "failed", error: located(error), partsSent: 0, partsResumed: 0 });
  }
}

/** A directory that took a file's place after the plan was made is a source's fault, not a wrong argument. */
function located(error: unknown): unknown {
  const vanished = error instanceof TypeError && "parameter" in error && error.parameter === "LocalFilePath";
  return vanished ? new SourceError(error.message, "source-unreadable", error) : error;
}
