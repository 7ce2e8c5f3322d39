import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { NodeCosClient } from "@cosup/node";
import { eachObject, type ObjectInfo } from "@cosup/node/objects";
import type { Location } from "../location.ts";
import { selectedEntries } from "../selection/selected-entries.ts";
import type { Selection } from "../selection/selection.ts";
import { compareKeys } from "../sync/key-order.ts";
import { unreadable } from "../unreadable.ts";

/** What is compared with each other: a file, an object, or both. */
export interface Pair {
  readonly bucket: string;
  readonly key: string;
  /** For messages: the path below the folder, or as it was given. */
  readonly name: string;
  readonly file?: { readonly path: string; readonly size: number } | undefined;
  /** Why the file cannot be read. */
  readonly error?: unknown;
  /** What is known of the object; a size alone if it was listed. Undefined if a list does not have it. */
  readonly object?: { readonly size: number; readonly crc64?: string } | undefined;
  /** True if COS has not been asked yet, so that `object` says nothing. */
  readonly unlisted?: boolean;
}

/** Which files and objects are compared. */
export interface PairOptions {
  readonly selection: Selection;
  readonly followSymlinks?: boolean | undefined;
  readonly signal: AbortSignal;
}

/**
 * Pairs a file with its object, or the files of a folder with the objects below a prefix. Both lists come in the order of
 * keys, so that memory does not grow with their length.
 * @throws {SourceError} the file or the folder is missing or cannot be read
 */
export async function* pairsOf(
  client: NodeCosClient,
  path: string,
  { bucket, key }: Location,
  { selection, followSymlinks, signal }: PairOptions,
): AsyncGenerator<Pair, void, undefined> {
  const stats = await statOf(path);
  if (!stats.isDirectory()) {
    const whole = key === "" || key.endsWith("/") ? key + basename(path) : key;
    yield { bucket, key: whole, name: path, file: { path, size: stats.size }, unlisted: true };
    return;
  }
  const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
  const options = { Prefix: prefix, followSymlinks, order: "key", signal } as const;
  const files = filesOf(selectedEntries(path, selection, options), bucket);
  const listed = eachObject(client, { Bucket: bucket, Prefix: prefix, signal });
  yield* merge(files, objectsOf(listed, bucket, prefix, selection));
  for (const { path: name, error } of selection.missing()) yield { bucket, key: prefix + name, name, error };
}

function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

async function* filesOf(
  entries: ReturnType<typeof selectedEntries>,
  bucket: string,
): AsyncGenerator<Pair, void, undefined> {
  for await (const { relativePath, Key, path, realPath, size, status, error } of entries) {
    // What `cp -r` would skip, too.
    if (status === "skipped") continue;
    const base = { bucket, key: Key, name: relativePath };
    yield status === "failed" ? { ...base, error } : { ...base, file: { path: realPath ?? path, size } };
  }
}

async function* objectsOf(
  objects: AsyncIterable<ObjectInfo>,
  bucket: string,
  prefix: string,
  selection: Selection,
): AsyncGenerator<Pair, void, undefined> {
  for await (const { Key, Size } of objects) {
    const name = Key.slice(prefix.length);
    // An object that stands for a folder has no file.
    if (name === "" || (Key.endsWith("/") && Size === 0) || !selection.wants(name)) continue;
    yield { bucket, key: Key, name, object: { size: Size } };
  }
}

/** Merges two lists in the order of keys. */
async function* merge(
  files: AsyncGenerator<Pair, void, undefined>,
  objects: AsyncGenerator<Pair, void, undefined>,
): AsyncGenerator<Pair, void, undefined> {
  const take = async (list: typeof files): Promise<Pair | undefined> =>
    (await list.next()).value ?? undefined;
  try {
    let [file, object] = [await take(files), await take(objects)];
    while (file !== undefined || object !== undefined) {
      const order = file && object ? compareKeys(file.key, object.key) : file ? -1 : 1;
      const one = order <= 0 ? file : object;
      if (one !== undefined) yield order === 0 ? { ...one, object: object?.object } : one;
      if (order <= 0) file = await take(files);
      if (order >= 0) object = await take(objects);
    }
  } finally {
    await Promise.all([files.return(), objects.return()]);
  }
}
