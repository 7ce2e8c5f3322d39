import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { DataDamagedError, DataForeignError, isAbsent } from "./data-errors.ts";
import { isUnfinished } from "./json-file.ts";

// Names below buckets/ in the layout that had a file for each record.
/** The record that made a folder a bucket. */
export const BUCKET_RECORD = "bucket.json";
export const OBJECTS = "objects";
export const UPLOADS = "uploads";
/** The record that made a folder an open upload. */
export const UPLOAD_RECORD = "upload.json";
/** The records of objects. */
export const OBJECT_RECORD = /^[0-9a-f]{64}\.json$/;
/** The folders of uploads: their ids. */
export const UPLOAD_FOLDER = /^\d+[0-9a-f]{64}$/;
/** The records of parts. */
export const PART_RECORD = /^\d{1,5}\.json$/;

/** The names in a folder; none if there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
}

/**
 * The names in a folder that may be missing.
 *
 * @throws {DataForeignError} there is something else in its place
 */
export async function contentsOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error.code === "ENOTDIR" ? new DataForeignError(folder) : error;
  });
}

/**
 * Checks a bucket that has no record: a crash came while it was created or deleted, so it is empty.
 *
 * @throws {DataDamagedError} if the bucket is not empty: then its record was lost in another way
 */
export async function checkIsEmpty(folder: string): Promise<void> {
  const objects = (await namesIn(join(folder, OBJECTS))).some((name) => OBJECT_RECORD.test(name));
  const uploads = (await namesIn(join(folder, UPLOADS))).some((name) => UPLOAD_FOLDER.test(name));
  if (!objects && !uploads) return;
  throw new DataDamagedError(
    join(folder, BUCKET_RECORD),
    "is missing or broken, but the bucket is not empty: restore the file, or delete the folder of the bucket",
  );
}

/** Deletes an empty bucket. Files that the emulator did not write stay. */
export async function removeBucketFolder(folder: string): Promise<void> {
  await removeFolder(join(folder, OBJECTS));
  await removeFolder(join(folder, UPLOADS));
  await removeFolder(folder, (name) => name === BUCKET_RECORD);
}

export async function removeUploadFolder(folder: string): Promise<void> {
  await removeFolder(folder, (name) => name === UPLOAD_RECORD || PART_RECORD.test(name));
}

/** Deletes unfinished and the given files of a folder, and then the folder if it is empty. */
async function removeFolder(folder: string, ours: (name: string) => boolean = () => false): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (isUnfinished(name) || ours(name)) await rm(join(folder, name), { force: true });
  }
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!isAbsent(error) && error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
}
