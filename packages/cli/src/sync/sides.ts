import { lstatSync } from "node:fs";
import { ArgumentTypeError, CosError, type NodeCosClient, SourceError } from "@cosup/node";
import { eachObject } from "@cosup/node/objects";
import { bareETag } from "../commands/outcome.ts";
import type { Location } from "../location.ts";
import { selectedEntries } from "../selection/selected-entries.ts";
import type { Selection } from "../selection/selection.ts";
import { unreadable } from "../unreadable.ts";
import { compareKeys } from "./key-order.ts";
import type { FileStamp } from "./ledger-entry.ts";
import type { ListedObject, LocalFile } from "./merge.ts";
import { readAhead } from "./read-ahead.ts";

/** Something in the folder that is no file to be synced. */
export interface NotAFile {
  readonly path: string;
  readonly key: string;
  /** As in a folder upload: `symlink`, `special`, … */
  readonly reason: string | undefined;
  /** Set if that is a failure. */
  readonly error: unknown;
}

/** Which files of a folder are looked at. */
export interface FolderRules {
  readonly folder: string;
  /** What the keys begin with. */
  readonly prefix: string;
  readonly selection: Selection;
  /** Whether the folder is the source of the sync. */
  readonly isSource: boolean;
  readonly followSymlinks: boolean | undefined;
  readonly signal: AbortSignal;
}

/** What a download leaves until it is complete. */
const UNFINISHED = /(^|\/)\.[^/]*\.cosup-[0-9a-f]{16}\.part$/;

/** The files of a folder in the order of their keys. */
export async function* localFiles(
  rules: FolderRules,
  onOther: (other: NotAFile) => void,
): AsyncGenerator<LocalFile, void, undefined> {
  const { folder, prefix: Prefix, selection, isSource, ...options } = rules;
  const entries = selectedEntries(
    folder,
    selection,
    { Prefix, ...options, order: "key", sizes: false },
    isSource,
  );
  for await (const { relativePath: path, Key: key, status, reason, error, realPath, ...entry } of entries) {
    if (status !== "planned") {
      onOther({ path, key, reason, error });
      continue;
    }
    if (UNFINISHED.test(path)) continue;
    const file = realPath ?? entry.path;
    try {
      const stamp = stampOf(file);
      if (stamp !== undefined) yield { path, key, file, ...stamp };
      else onOther({ path, key, reason: "vanished", error: vanished(file) });
    } catch (error) {
      // Its folder has lost its permissions since it was listed.
      onOther({ path, key, reason: "unreadable", error: unreadable(file, error) });
    }
  }
}

/** The present state of a regular file; undefined if there is none. Synchronous, because that takes a tenth of the time. */
export function stampOf(file: string): FileStamp | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  return { size, mtimeMs, ctimeMs, ino };
}

function vanished(file: string): SourceError {
  return new SourceError(`${file} was removed or replaced during the sync`, "source-unreadable");
}

/** More than a page, so that one is under way while another one is compared. */
const READ_AHEAD = 1500;

/** The objects below a prefix in the order of their keys. Objects that stand for folders are left out. */
export async function* listedObjects(
  client: NodeCosClient,
  { bucket, key: prefix }: Location,
  signal: AbortSignal,
): AsyncGenerator<ListedObject, void, undefined> {
  let last = "";
  const objects = eachObject(client, { Bucket: bucket, Prefix: prefix, signal });
  for await (const { Key, Size, ETag, LastModified } of readAhead(objects, READ_AHEAD)) {
    if (last !== "" && compareKeys(last, Key) >= 0) throw outOfOrder(last, Key);
    last = Key;
    if (Key.endsWith("/") || Key === prefix) continue;
    const etag = bareETag(ETag) ?? "";
    yield { path: Key.slice(prefix.length), key: Key, size: Size, etag, lastModified: LastModified };
  }
}

/** Without order, an object that is listed late would look as if it were missing. */
function outOfOrder(before: string, after: string): CosError {
  return new CosError(
    `the list of the bucket is not in the order of its keys: ${JSON.stringify(after)} comes after ${JSON.stringify(before)}`,
    { code: "unexpected-response", retryable: false },
  );
}

/** `cosup sync` means folders: `cos://bucket/site` is the prefix `site/`. */
export function folderPrefix(location: Location): Location {
  const { bucket, key } = location;
  if (key.startsWith("/")) throw new ArgumentTypeError("Prefix", "must not begin with '/'");
  return { bucket, key: key === "" || key.endsWith("/") ? key : `${key}/` };
}
