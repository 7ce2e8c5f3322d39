import { ArgumentTypeError } from "../errors.ts";
import { type SkipReason, skippedStatus, type WalkEntry } from "../files/walk-entry.ts";
import { flag, oneOf } from "../params/checks.ts";
import { checkKey } from "../params/key.ts";
import { checkParameters, type Method } from "../params/table.ts";
import { type IsWanted, isReported } from "./globs.ts";
import { UPLOAD_DIRECTORY, type UploadDirectoryParameters } from "./parameters.ts";

const { LocalDirectoryPath, Prefix, include, exclude, followSymlinks, signal } = UPLOAD_DIRECTORY.parameters;
const LIST_FOLDER: Method = {
  name: "listFolder",
  parameters: {
    Prefix,
    include,
    exclude,
    followSymlinks,
    signal,
    order: { check: oneOf("folder", "key") },
    sizes: { check: flag },
  },
};

/**
 * Checks the arguments of `listFolder`, before anything is read.
 * @throws {TypeError} {@link RangeError} a wrong folder or option
 */
export function checkListFolder(folder: unknown, options: unknown): void {
  LocalDirectoryPath.check(folder, "LocalDirectoryPath");
  if (Array.isArray(options)) throw new ArgumentTypeError("options", "must be an object of options");
  checkParameters(LIST_FOLDER, options);
}

/** Which files `listFolder` lists, with the meanings that they have for `uploadDirectory`. */
export interface ListFolderOptions
  extends Pick<UploadDirectoryParameters, "Prefix" | "include" | "exclude" | "followSymlinks" | "signal"> {
  /**
   * `folder` (default): the files of a folder by name, then its folders. `key`: everything in the order in which COS lists
   * keys, which needs all names of a folder in memory.
   */
  readonly order?: "folder" | "key" | undefined;
  /** Read the size of every file; default true. Without it, sizes are 0. */
  readonly sizes?: boolean | undefined;
}

/** What `uploadDirectory` would do about one name in a folder. */
export interface FolderEntry {
  /** Below the folder, with "/" between names. */
  readonly relativePath: string;
  /** The key that the object would have. */
  readonly Key: string;
  /** The absolute path. */
  readonly path: string;
  /** Of a file: its path without links, which `uploadFile` takes with `refuseSymlinks`. */
  readonly realPath?: string | undefined;
  /** Bytes of a file; otherwise 0. */
  readonly size: number;
  /** `planned`: would be uploaded. `failed`: would be reported as a failure, with this `error`. */
  readonly status: "planned" | "skipped" | "failed";
  /** Why it would not be uploaded; undefined of a planned file. */
  readonly reason?: SkipReason | undefined;
  /** Why it cannot be uploaded. */
  readonly error?: unknown;
  /** True of a folder of which some or all names could not be read: which files it has is unknown. */
  readonly unread?: boolean | undefined;
}

/**
 * Lists what `uploadDirectory` would do about each entry that `entries` yields, in the same order and with the same keys.
 * {@link checkListFolder} has checked the options.
 */
export async function* listFolder(
  options: ListFolderOptions,
  entries: AsyncIterable<WalkEntry>,
  isWanted: IsWanted,
): AsyncGenerator<FolderEntry, void, undefined> {
  for await (const entry of entries) {
    if (isReported(entry, isWanted)) yield folderEntry(entry, options.Prefix ?? "");
  }
}

function folderEntry(entry: WalkEntry, prefix: string): FolderEntry {
  const { relativePath, path, size } = entry;
  const Key = prefix + relativePath;
  const realPath = entry.kind === "file" ? entry.realPath : undefined;
  const base = { relativePath, Key, path, realPath, size };
  if (entry.kind === "skipped") {
    const { reason, error, unread } = entry;
    return { ...base, status: skippedStatus(entry), reason, error, unread };
  }
  try {
    checkKey(Key);
    return { ...base, status: "planned" };
  } catch (error) {
    return { ...base, status: "failed", error };
  }
}
