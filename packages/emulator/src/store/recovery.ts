import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import type { DataFiles } from "./data-files.ts";
import { type History, isMarker, readHistory, type StoredHistory } from "./history.ts";
import { readJson, TEMPORARY } from "./json-file.ts";
import type { BucketRecord, PartRecord, UploadRecord, Version } from "./records.ts";
import { UPLOAD_RECORD } from "./upload-index.ts";

/**
 * Reads all buckets from disk and deletes what a crash left behind: after a SIGKILL temporary files, data files without
 * a record, and uploads that are already completed; after a power cut also records whose data was not written.
 */
export async function recover(directory: string, files: DataFiles): Promise<BucketStore[]> {
  const buckets: BucketStore[] = [];
  for (const name of await readdir(directory)) {
    const record = await readJson<BucketRecord>(join(directory, name, BUCKET_RECORD));
    if (!record) {
      await rm(join(directory, name), { recursive: true, force: true });
      continue;
    }
    const bucket = new BucketStore(join(directory, name), record, files);
    await bucket.initialise();
    await recoverObjects(bucket);
    await recoverUploads(bucket);
    buckets.push(bucket);
  }
  return buckets;
}

async function recoverObjects(bucket: BucketStore): Promise<void> {
  for (const name of await recordNames(bucket.objectDirectory)) {
    const path = join(bucket.objectDirectory, name);
    const stored = await readJson<StoredHistory>(path);
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
    const path = join(bucket.uploadDirectory, name);
    const record = await readJson<UploadRecord>(join(path, UPLOAD_RECORD));
    const ended = record === undefined || isCompleted(bucket, record);
    if (ended) await rm(path, { recursive: true, force: true });
    else bucket.uploads.adopt(record, await recoverParts(path, bucket.files));
  }
}

function isCompleted(bucket: BucketStore, { key, uploadId }: UploadRecord): boolean {
  return bucket.objects.versions(key).some((version) => !isMarker(version) && version.uploadId === uploadId);
}

async function recoverParts(path: string, files: DataFiles): Promise<PartRecord[]> {
  const parts: PartRecord[] = [];
  for (const name of await recordNames(path)) {
    if (name === UPLOAD_RECORD) continue;
    const part = await readJson<PartRecord>(join(path, name));
    if (part && (await files.allComplete([part.extent]))) parts.push(part);
    else await rm(join(path, name), { force: true });
  }
  return parts;
}

/** The complete records of a directory; incomplete ones are deleted. */
async function recordNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await readdir(directory)) {
    if (name.endsWith(TEMPORARY)) await rm(join(directory, name), { force: true });
    else names.push(name);
  }
  return names;
}
