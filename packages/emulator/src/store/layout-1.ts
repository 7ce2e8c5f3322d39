// The layout of data directories before there was a database: below buckets/ a file for each record. It is only read.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_NAME } from "../request/address.ts";
import { DataDamagedError } from "./data-errors.ts";
import type { DatabaseRecords } from "./database-records.ts";
import { type History, isMarker, readHistory } from "./history.ts";
import { isUnfinished, readRecord } from "./json-file.ts";
import { isBucketRecord, isPartRecord, isStoredHistory, isUploadRecord } from "./record-forms.ts";
import type { BucketRecord, Extent, PartRecord, UploadRecord } from "./records.ts";
import {
  BUCKET_RECORD,
  checkIsEmpty,
  contentsOf,
  namesIn,
  OBJECT_RECORD,
  OBJECTS,
  PART_RECORD,
  removeBucketFolder,
  removeUploadFolder,
  UPLOAD_FOLDER,
  UPLOAD_RECORD,
  UPLOADS,
} from "./remains.ts";

/** Copies all records into a new database, inside its transaction. What a crash or a power cut left behind does not count. */
export async function copyRecords(buckets: string, records: DatabaseRecords): Promise<void> {
  for (const name of await contentsOf(buckets)) {
    if (!BUCKET_NAME.test(name)) continue;
    const folder = join(buckets, name);
    const record = await bucketRecord(folder, name);
    if (record === undefined) continue;
    records.writes.bucket(record);
    await copyObjects(name, join(folder, OBJECTS), records);
    await copyUploads(name, join(folder, UPLOADS), records);
  }
}

/** Undefined: the bucket was being created or deleted. */
async function bucketRecord(folder: string, name: string): Promise<BucketRecord | undefined> {
  const path = join(folder, BUCKET_RECORD);
  const record = await readRecord(path, isBucketRecord);
  if (record === undefined) await checkIsEmpty(folder);
  else if (record.name !== name) throw new DataDamagedError(path, "is the record of another bucket");
  return record;
}

async function copyObjects(bucket: string, folder: string, { writes }: DatabaseRecords): Promise<void> {
  for (const name of await namesOf(folder, OBJECT_RECORD)) {
    const stored = await readRecord(join(folder, name), isStoredHistory);
    if (stored === undefined) continue;
    const history = readHistory(stored);
    writes.history(bucket, stored.key, history, true);
    for (const version of history) if (!isMarker(version)) refer(version.extents, writes);
  }
}

async function copyUploads(bucket: string, folder: string, records: DatabaseRecords): Promise<void> {
  for (const name of await namesOf(folder, UPLOAD_FOLDER)) {
    const path = join(folder, name, UPLOAD_RECORD);
    const record = await readRecord(path, isUploadRecord);
    if (record === undefined) continue;
    if (record.uploadId !== name) throw new DataDamagedError(path, "is the record of another upload");
    if (isCompleted(records.history(bucket, record.key), record)) continue;
    records.writes.upload(bucket, record);
    for (const part of await partsIn(join(folder, name))) {
      records.writes.part(bucket, record.uploadId, part);
      refer([part.extent], records.writes);
    }
  }
}

/** A crash came after Complete had written the object, and before it had removed the upload. */
function isCompleted(history: History, { uploadId }: UploadRecord): boolean {
  return history.some((version) => !isMarker(version) && version.uploadId === uploadId);
}

async function partsIn(folder: string): Promise<PartRecord[]> {
  const parts: PartRecord[] = [];
  for (const name of await namesOf(folder, PART_RECORD)) {
    const part = await readRecord(join(folder, name), isPartRecord);
    if (part) parts.push(part);
  }
  return parts;
}

function refer(extents: readonly Extent[], writes: DatabaseRecords["writes"]): void {
  for (const { file, size } of extents) if (size > 0) writes.references(file, 1);
}

async function namesOf(folder: string, form: RegExp): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => form.test(name));
}

/** Deletes the records. Files with other names than the emulator's stay. */
export async function removeRecords(buckets: string): Promise<void> {
  for (const name of await namesIn(buckets)) {
    if (!BUCKET_NAME.test(name)) continue;
    const folder = join(buckets, name);
    const objects = join(folder, OBJECTS);
    for (const file of await namesIn(objects)) {
      if (OBJECT_RECORD.test(file) || isUnfinished(file)) await rm(join(objects, file), { force: true });
    }
    const uploads = join(folder, UPLOADS);
    for (const id of await namesOf(uploads, UPLOAD_FOLDER)) await removeUploadFolder(join(uploads, id));
    await removeBucketFolder(folder);
  }
}

/** Whether a folder has the record of a bucket of this layout. */
export async function hasBucket(buckets: string): Promise<boolean> {
  for (const name of await namesIn(buckets)) {
    if (BUCKET_NAME.test(name) && (await namesIn(join(buckets, name))).includes(BUCKET_RECORD)) return true;
  }
  return false;
}
