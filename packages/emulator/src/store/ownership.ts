import { access, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_NAME } from "../request/address.ts";
import { BUCKET_RECORD, OBJECTS, UPLOADS } from "./bucket-store.ts";
import { DataForeignError, isAbsent } from "./data-errors.ts";
import { isUnfinished, writeJson } from "./json-file.ts";
import { namesIn } from "./remains.ts";

/** Name of the file that tells a directory of the emulator from one of somebody else. */
const MARKER = "cosup-emulator.json";

/**
 * Takes a directory as that of an emulator. A start deletes data files without a record, which could be files of
 * somebody else in folders of the same names. Directories from before there was the marker have a bucket.
 *
 * @throws {DataForeignError} before anything is changed
 */
export async function claimDirectory(directory: string, fsync: boolean): Promise<void> {
  if (!(await exists(join(directory, MARKER)))) {
    await checkContents(directory);
    await writeJson(join(directory, MARKER), { layout: 1 }, fsync);
  }
  for (const name of await readdir(directory)) {
    if (name.startsWith(MARKER) && isUnfinished(name)) await rm(join(directory, name), { force: true });
  }
}

async function checkContents(directory: string): Promise<void> {
  const buckets = join(directory, "buckets");
  const names = await contentsOf(buckets);
  if (await hasBucket(buckets, names)) return;
  for (const name of names) {
    if (!(await isUnfinishedBucket(join(buckets, name), name))) throw new DataForeignError(buckets);
  }
  const data = join(directory, "data");
  if ((await contentsOf(data)).length > 0) throw new DataForeignError(data);
}

async function contentsOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error.code === "ENOTDIR" ? new DataForeignError(folder) : error;
  });
}

async function hasBucket(buckets: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    if (BUCKET_NAME.test(name) && (await exists(join(buckets, name, BUCKET_RECORD)))) return true;
  }
  return false;
}

/** Whether a crash can have left it when a bucket was created or deleted. */
async function isUnfinishedBucket(folder: string, name: string): Promise<boolean> {
  const inside = await namesIn(folder);
  return (
    BUCKET_NAME.test(name) &&
    inside.every((part) => part === OBJECTS || part === UPLOADS || isUnfinished(part))
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
