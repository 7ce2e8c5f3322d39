import type { CosClient } from "../client.ts";
import { skippedStatus, type WalkEntry } from "../files/walk-entry.ts";
import { checkpointStoreOf } from "../transfers/checkpoints.ts";
import type { ClientContext } from "../transfers/context.ts";
import type { UploadFileParameters } from "../transfers/parameters.ts";
import { runWorkers } from "../upload/run-workers.ts";
import { FolderProgress } from "./folder-progress.ts";
import { type IsWanted, isReported } from "./globs.ts";
import {
  type FileResult,
  UPLOAD_DIRECTORY,
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
} from "./parameters.ts";

/**
 * Uploads every file that `entries` yields. A file that fails does not stop the others; the result lists the failures.
 * Memory does not grow with the number of files that succeed.
 */
export async function uploadDirectory(
  client: CosClient,
  parameters: UploadDirectoryParameters,
  entries: AsyncIterable<WalkEntry>,
  isWanted: IsWanted,
): Promise<UploadDirectoryResult> {
  const { checkpoints, now, observer } = client.call(UPLOAD_DIRECTORY, sharedByAll, parameters);
  const totals = { uploaded: 0, skipped: 0, failed: 0, bytes: 0, partsSent: 0, partsResumed: 0 };
  const failures: FileResult[] = [];
  const onProgress = observer.guarded("onProgress", parameters.onProgress, true);
  const onFile = observer.guarded("onFile", parameters.onFile, true);
  const progress = new FolderProgress(onProgress, now);
  const walk = entries[Symbol.asyncIterator]();
  const perFile = fileParameters({ ...parameters, checkpoints });
  const worker = async (stop: AbortSignal): Promise<void> => {
    for (;;) {
      stop.throwIfAborted();
      const next = await walk.next();
      if (next.done === true) return progress.walked();
      if (!isReported(next.value, isWanted)) continue;
      const result = await uploadEntry(client, parameters, perFile, next.value, progress, stop);
      totals[result.status] += 1;
      totals.partsSent += result.partsSent;
      totals.partsResumed += result.partsResumed;
      if (result.status === "uploaded") totals.bytes += result.size;
      if (result.status === "failed") failures.push(result);
      onFile?.(result);
    }
  };
  try {
    await runWorkers(parameters.concurrency ?? 5, worker, parameters.signal);
  } finally {
    await walk.return?.();
  }
  if (failures.length === 0) progress.finish();
  return { ...totals, failures };
}

/** The store of all files (`false`: none, also when the client has one), and the client's clock and observer. */
function sharedByAll(context: ClientContext, { checkpoints }: UploadDirectoryParameters) {
  const { clock, observer } = context;
  const store = checkpointStoreOf(context, checkpoints) ?? (false as const);
  return { checkpoints: store, now: () => clock.now(), observer };
}

async function uploadEntry(
  client: CosClient,
  parameters: UploadDirectoryParameters,
  perFile: FileParameters,
  entry: WalkEntry,
  progress: FolderProgress,
  signal: AbortSignal,
): Promise<FileResult> {
  const { relativePath, size } = entry;
  const Key = `${parameters.Prefix ?? ""}${relativePath}`;
  const base = { relativePath, Key, size, partsSent: 0, partsResumed: 0 };
  if (entry.kind === "skipped") {
    return { ...base, status: skippedStatus(entry), reason: entry.reason, error: entry.error };
  }
  const file = progress.file(relativePath, size);
  try {
    const result = await client.uploadFile({
      Key,
      LocalFilePath: entry.realPath ?? entry.path,
      refuseSymlinks: entry.realPath !== undefined,
      ContentType: parameters.contentType?.(relativePath) ?? parameters.ContentType,
      onProgress: parameters.onProgress && ((_consumed, _total, details) => file.update(details)),
      signal,
      // Last: V8 creates a new hidden class for each object literal that begins with a spread.
      ...perFile,
    });
    const { size: bytes, ETag, crc64, versionId, partsSent, partsResumed } = result;
    const status = result.skipped ? "skipped" : "uploaded";
    const reason = result.skipped ? parameters.skip : undefined;
    const stored = { size: bytes, ETag, crc64, versionId };
    return { relativePath, Key, status, reason, ...stored, partsSent, partsResumed };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // No other file can be uploaded either.
    if (client.closed) throw error;
    return { ...base, status: "failed", error };
  } finally {
    file.end();
  }
}

type FileParameters = Omit<
  UploadFileParameters,
  "Key" | "LocalFilePath" | "onProgress" | "signal" | "ContentType"
>;

/** The parameters that each file's upload takes over. */
function fileParameters(parameters: UploadDirectoryParameters): FileParameters {
  const {
    LocalDirectoryPath: _directory,
    Prefix: _prefix,
    include: _include,
    exclude: _exclude,
    followSymlinks: _follow,
    concurrency: _concurrency,
    contentType: _contentType,
    onFile: _onFile,
    onProgress: _onProgress,
    signal: _signal,
    ContentType: _type,
    ...forFile
  } = parameters;
  // Without undefined values: they are copied and checked for each file.
  return Object.fromEntries(
    Object.entries(forFile).filter(([, value]) => value !== undefined),
  ) as unknown as FileParameters;
}
