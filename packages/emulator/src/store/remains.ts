import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_RECORD, OBJECTS, UPLOADS } from "./bucket-store.ts";
import { DataDamagedError, isAbsent } from "./data-errors.ts";
import { isUnfinished } from "./json-file.ts";
import { UPLOAD_RECORD } from "./upload-index.ts";

/** Names of the records of objects. */
export const OBJECT_RECORD = /^[0-9a-f]{64}\.json$/;
/** Names of the folders of uploads: their ids. */
export const UPLOAD_FOLDER = /^\d+[0-9a-f]{64}$/;
/** Names of the records of parts. */
export const PART_RECORD = /^\d{1,5}\.json$/;

/** The names in a folder; none if there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
}

/**
 * Deletes a bucket that has no record: a crash came while it was created or deleted, so it is empty. Files that the
 * emulator did not write stay.
 *
 * @throws {DataDamagedError} if the bucket is not empty: then its record was lost in another way
 */
export async function removeBucketFolder(folder: string): Promise<void> {
  const objects = (await namesIn(join(folder, OBJECTS))).some((name) => OBJECT_RECORD.test(name));
  const uploads = (await namesIn(join(folder, UPLOADS))).some((name) => UPLOAD_FOLDER.test(name));
  if (objects || uploads) {
    throw new DataDamagedError(
      join(folder, BUCKET_RECORD),
      "is missing or broken, but the bucket is not empty: restore the file, or delete the folder of the bucket",
    );
  }
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
