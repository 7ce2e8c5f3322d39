import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_NAME } from "../request/address.ts";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import { DataDamagedError } from "./data-errors.ts";
import type { DataFiles } from "./data-files.ts";
import { type History, isMarker, readHistory } from "./history.ts";
import { isUnfinished, readRecord } from "./json-file.ts";
import type { RecordStore } from "./medium.ts";
import { isBucketRecord, isPartRecord, isStoredHistory, isUploadRecord } from "./record-forms.ts";
import type { PartRecord, UploadRecord, Version } from "./records.ts";
import {
  OBJECT_RECORD,
  PART_RECORD,
  removeBucketFolder,
  removeUploadFolder,
  UPLOAD_FOLDER,
} from "./remains.ts";
import { UPLOAD_RECORD } from "./upload-index.ts";

/**
 * Reads all buckets from disk and deletes what a crash left behind: after a SIGKILL temporary files, data files without
 * a record, and uploads that are already completed; after a power cut also records whose data was not written. Files
 * with other names than the emulator's stay.
 *
 * @throws {DataDamagedError} if something cannot be read, which is no reason to delete it
 */
export async function recover(
  directory: string,
  files: DataFiles,
  records: RecordStore,
): Promise<BucketStore[]> {
  const buckets: BucketStore[] = [];
  for (const name of await readdir(directory)) {
    if (!BUCKET_NAME.test(name)) continue;
    const folder = join(directory, name);
    const record = await readRecord(join(folder, BUCKET_RECORD), isBucketRecord);
    if (!record) {
      await removeBucketFolder(folder);
      continue;
    }
    if (record.name !== name) {
      throw new DataDamagedError(join(folder, BUCKET_RECORD), "is the record of another bucket");
    }
    const bucket = new BucketStore(folder, record, files, records);
    await bucket.createFolders();
    await recordNames(folder, /^bucket\.json$/);
    await recoverObjects(bucket);
    await recoverUploads(bucket);
    buckets.push(bucket);
  }
  return buckets;
}

async function recoverObjects(bucket: BucketStore): Promise<void> {
  for (const name of await recordNames(bucket.objectDirectory, OBJECT_RECORD)) {
    const path = join(bucket.objectDirectory, name);
    const stored = await readRecord(path, isStoredHistory);
    const history = stored ? await completeVersions(bucket.files, readHistory(stored)) : [];
    if (stored && history.length > 0) bucket.objects.adopt(stored.key, history);
    else await rm(path, { force: true });
  }
}

async function completeVersions(files: DataFiles, history: History): Promise<Version[]> {
  const complete: Version[] = [];
  for (const version of history) {
    if (isMarker(version) || (await files.allComplete(version.extents))) complete.push(version);
  }
  return complete;
}

async function recoverUploads(bucket: BucketStore): Promise<void> {
  for (const name of await readdir(bucket.uploadDirectory)) {
    if (!UPLOAD_FOLDER.test(name)) continue;
    const path = join(bucket.uploadDirectory, name);
    const record = await readRecord(join(path, UPLOAD_RECORD), isUploadRecord);
    if (record !== undefined && record.uploadId !== name) {
      throw new DataDamagedError(join(path, UPLOAD_RECORD), "is the record of another upload");
    }
    if (record === undefined || isCompleted(bucket, record)) await removeUploadFolder(path);
    else bucket.uploads.adopt(record, await recoverParts(path, bucket.files));
  }
}

function isCompleted(bucket: BucketStore, { key, uploadId }: UploadRecord): boolean {
  return bucket.objects.versions(key).some((version) => !isMarker(version) && version.uploadId === uploadId);
}

async function recoverParts(path: string, files: DataFiles): Promise<PartRecord[]> {
  const parts: PartRecord[] = [];
  for (const name of await recordNames(path, PART_RECORD)) {
    const part = await readRecord(join(path, name), isPartRecord);
    if (part && (await files.allComplete([part.extent]))) parts.push(part);
    else await rm(join(path, name), { force: true });
  }
  return parts;
}

/** The records of a folder; unfinished ones are deleted. */
async function recordNames(folder: string, form: RegExp): Promise<string[]> {
  const names = await readdir(folder);
  for (const name of names) if (isUnfinished(name)) await rm(join(folder, name), { force: true });
  return names.filter((name) => form.test(name));
}
