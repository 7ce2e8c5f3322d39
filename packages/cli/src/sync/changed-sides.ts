import { lstat, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkUpload, type NodeCosClient, SourceError } from "@cosup/node";
import { bareETag } from "../commands/outcome.ts";
import { isNotFound } from "../is-not-found.ts";
import type { Location } from "../location.ts";
import { compareKeys } from "./key-order.ts";
import type { ListedObject, LocalFile } from "./merge.ts";
import { type FolderRules, type NotAFile, stampOf } from "./sides.ts";

/** Paths in the order of keys, as both sides of a sync come. */
export function inKeyOrder(paths: Iterable<string>): string[] {
  return [...paths].sort(compareKeys);
}

/**
 * The files of a folder at `paths`, which come in the order of keys. A path without a file is left out; a link, or a path
 * through one, is told, so that its object is not deleted.
 */
export async function* changedFiles(
  { folder, prefix, selection }: FolderRules,
  paths: readonly string[],
  onOther: (other: NotAFile) => void,
): AsyncGenerator<LocalFile, void, undefined> {
  for (const path of paths) {
    if (!selection.wants(path)) continue;
    const file = join(folder, path);
    const key = prefix + path;
    try {
      checkUpload({ Key: key });
      const found = await kindOf(file);
      const stamp = found === "file" ? stampOf(file) : undefined;
      if (stamp !== undefined) yield { path, key, file, ...stamp };
      else if (found !== undefined) onOther({ path, key, reason: "symlink", error: undefined });
    } catch (cause) {
      const error = new SourceError(`${file} cannot be read`, "source-unreadable", cause);
      onOther({ path, key, reason: "unreadable", error });
    }
  }
}

/** Undefined: there is nothing. `other`: a link, something below one, or a folder. */
async function kindOf(file: string): Promise<"file" | "other" | undefined> {
  try {
    if ((await realpath(dirname(file))) !== dirname(file)) return "other";
    const stats = await lstat(file);
    // A folder in the place of a file: the file is gone.
    if (stats.isDirectory()) return undefined;
    return stats.isFile() ? "file" : "other";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The objects at `paths` below a prefix, by a HEAD each. */
export async function* changedObjects(
  client: NodeCosClient,
  { bucket, key: prefix }: Location,
  paths: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ListedObject, void, undefined> {
  for (const path of paths) {
    const key = prefix + path;
    const head = await client.headObject({ Bucket: bucket, Key: key, signal }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (head === undefined) continue;
    const { ContentLength: size, ETag, LastModified = "" } = head;
    yield { path, key, size, etag: bareETag(ETag) ?? "", lastModified: LastModified };
  }
}
