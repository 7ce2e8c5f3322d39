import type { CosClient } from "../client.ts";
import type { WalkEntry } from "../files/walk-entry.ts";
import { callback, checkpointStore, flag, globs, oneOf, text, wholeNumber } from "../params/checks.ts";
import type { ContentTypeInference } from "../params/content-type.ts";
import { checkKeyPrefix } from "../params/key.ts";
import { OBJECT_HEADERS, type ObjectHeaders } from "../params/object-headers.ts";
import {
  BODY,
  BUCKET,
  ENGINE,
  INFER_CONTENT_TYPE,
  SIGNAL,
  TRAFFIC_LIMIT,
} from "../params/shared-parameters.ts";
import { checkParameters, type Method } from "../params/table.ts";
import type { MultipartOptions, UploadFileParameters } from "../transfers/parameters.ts";
import { runWorkers } from "../upload/run-workers.ts";
import { FolderProgress } from "./folder-progress.ts";

/** The parameters of uploadDirectory. */
export const UPLOAD_DIRECTORY = {
  name: "uploadDirectory",
  parameters: {
    Bucket: BUCKET,
    LocalDirectoryPath: { check: text, required: true },
    Prefix: { check: checkKeyPrefix },
    include: { check: globs },
    exclude: { check: globs },
    followSymlinks: { check: flag },
    /** Files under way at once. */
    concurrency: { check: wholeNumber(1, 1000) },
    contentType: { check: callback },
    inferContentType: INFER_CONTENT_TYPE,
    onFile: { check: callback },
    signal: SIGNAL,
    EnableMD5: BODY.EnableMD5,
    TrafficLimit: TRAFFIC_LIMIT,
    ...OBJECT_HEADERS,
    ...ENGINE,
    checkpoints: { check: checkpointStore },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
} as const satisfies Method;

/** What a folder upload takes: which files, and how each is uploaded. */
export interface UploadDirectoryParameters
  extends ObjectHeaders,
    MultipartOptions,
    ContentTypeInference,
    Pick<
      UploadFileParameters,
      "Bucket" | "signal" | "EnableMD5" | "TrafficLimit" | "checkpoints" | "resume" | "skip"
    > {
  /** The folder; keys are made of the paths below it. */
  readonly LocalDirectoryPath: string;
  /** What the keys begin with, `logs/2026/` for one; a file's path below the directory follows. Default: nothing. */
  readonly Prefix?: string | undefined;
  /** Globs of paths below the directory; a pattern without "/" matches names at any depth. Default: all. */
  readonly include?: readonly string[] | undefined;
  /** Globs of what to leave out; stronger than `include`. */
  readonly exclude?: readonly string[] | undefined;
  /** Default false: symbolic links are skipped, and reported so. */
  readonly followSymlinks?: boolean | undefined;
  /** Files under way at once; default 5. Their parts share the client's memory. */
  readonly concurrency?: number | undefined;
  /**
   * The Content-Type of each file by its path; `ContentType` is for all of them. Without either, the type is inferred
   * from each key's extension.
   */
  readonly contentType?: ((relativePath: string) => string | undefined) | undefined;
  /** Told of every file when its fate is known. */
  readonly onFile?: ((result: FileResult) => void) | undefined;
}

/** What became of one name in the directory. */
export interface FileResult {
  /** Below the directory, with "/" between names. */
  readonly relativePath: string;
  /** The key it has, or would have had. */
  readonly Key: string;
  /** `skipped`: nothing was to be done, `reason` says why. */
  readonly status: "uploaded" | "skipped" | "failed";
  /** Why it was skipped: `exists`, `same`, `symlink`, `special`, `unreadable`, … */
  readonly reason?: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** With its quotes, as COS gives it. */
  readonly ETag?: string | undefined;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64?: string | undefined;
  /** Requests that carried bytes, of all files. */
  readonly partsSent: number;
  /** Parts that COS held from earlier attempts, of all files. */
  readonly partsResumed: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** What became of a folder. */
export interface UploadDirectoryResult {
  /** Files that went up. */
  readonly uploaded: number;
  /** Names that were left out, or were there already. */
  readonly skipped: number;
  /** Files that did not go up; `failures` has their errors. */
  readonly failed: number;
  /** Bytes of the files that were uploaded. */
  readonly bytes: number;
  /** Requests that carried bytes, of all files. */
  readonly partsSent: number;
  /** Parts that COS held from earlier attempts, of all files. */
  readonly partsResumed: number;
  /** Every file that failed, with its error; call again to upload just what is missing (with `skip: "same"`). */
  readonly failures: readonly FileResult[];
}

/**
 * Uploads every file that `entries` yields. One file's failure is its own: the others go on, and the result says
 * which failed. Memory does not grow with their number.
 */
export async function uploadDirectory(
  client: CosClient,
  parameters: UploadDirectoryParameters,
  entries: AsyncIterable<WalkEntry>,
  isWanted: (relativePath: string) => boolean,
): Promise<UploadDirectoryResult> {
  checkParameters(UPLOAD_DIRECTORY, parameters);
  const totals = { uploaded: 0, skipped: 0, failed: 0, bytes: 0, partsSent: 0, partsResumed: 0 };
  const failures: FileResult[] = [];
  const progress = new FolderProgress(parameters.onProgress);
  const walk = entries[Symbol.asyncIterator]();
  const forEach = fileParameters(parameters);
  const loop = async (stop: AbortSignal): Promise<void> => {
    for (;;) {
      stop.throwIfAborted();
      const next = await walk.next();
      if (next.done === true) return progress.walked();
      if (!isWanted(next.value.relativePath)) continue;
      const result = await settleEntry(client, parameters, forEach, next.value, progress, stop);
      totals[result.status] += 1;
      totals.partsSent += result.partsSent;
      totals.partsResumed += result.partsResumed;
      if (result.status === "uploaded") totals.bytes += result.size;
      if (result.status === "failed") failures.push(result);
      parameters.onFile?.(result);
    }
  };
  try {
    await runWorkers(parameters.concurrency ?? 5, loop, parameters.signal);
  } finally {
    await walk.return?.();
  }
  if (failures.length === 0) progress.finish();
  return { ...totals, failures };
}

async function settleEntry(
  client: CosClient,
  parameters: UploadDirectoryParameters,
  forEach: FileParameters,
  entry: WalkEntry,
  progress: FolderProgress,
  signal: AbortSignal,
): Promise<FileResult> {
  const { relativePath, size } = entry;
  const Key = `${parameters.Prefix ?? ""}${relativePath}`;
  const base = { relativePath, Key, size, partsSent: 0, partsResumed: 0 };
  if (entry.kind === "skipped") {
    // A link that is skipped was asked to be; a directory that cannot be read is a loss.
    const lost = entry.error !== undefined;
    return { ...base, status: lost ? "failed" : "skipped", reason: entry.reason, error: entry.error };
  }
  const file = progress.file(size);
  try {
    const result = await client.uploadFile({
      Key,
      LocalFilePath: entry.realPath ?? entry.path,
      refuseSymlinks: entry.realPath !== undefined,
      ContentType: parameters.contentType?.(relativePath) ?? parameters.ContentType,
      onProgress: parameters.onProgress && ((consumed) => file.consumed(consumed)),
      signal,
      // Last: V8 makes a hidden class of its own for each literal that begins with a spread.
      ...forEach,
    });
    const { ETag, crc64, partsSent, partsResumed } = result;
    const status = result.skipped ? "skipped" : "uploaded";
    const reason = result.skipped ? parameters.skip : undefined;
    return { relativePath, Key, status, reason, size: result.size, ETag, crc64, partsSent, partsResumed };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // No other file can go up either.
    if (client.closed) throw error;
    return { ...base, status: "failed", error };
  }
}

type FileParameters = Omit<
  UploadFileParameters,
  "Key" | "LocalFilePath" | "onProgress" | "signal" | "ContentType"
>;

/** What each file's upload takes over; the rest concerns the directory. */
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
  // Only what is said: each file's parameters are copied from these and checked.
  return Object.fromEntries(
    Object.entries(forFile).filter(([, value]) => value !== undefined),
  ) as unknown as FileParameters;
}
