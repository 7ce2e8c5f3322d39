import type { BucketStore } from "../store/bucket-store.ts";
import type { Store } from "../store/store.ts";

/** The buckets, with the number of what is in them. */
export function listBuckets(store: Store): object[] {
  return store.buckets().map(({ record, objects, uploads }) => ({
    name: record.name,
    created: record.created,
    keys: objects.size,
    uploads: uploads.size,
    versioning: record.versioning ?? "never enabled",
    cors: record.cors !== undefined,
    lifecycle: record.lifecycle?.length ?? 0,
  }));
}

/** Uploads in a response: the newest. */
const MOST = 200;

/** The unfinished uploads of all buckets, without their parts. */
export function listUploads(store: Store): object {
  const all = store
    .buckets()
    .flatMap((bucket) =>
      bucket.uploads.contents().map(({ record, parts }) => ({
        bucket: bucket.record.name,
        key: record.key,
        uploadId: record.uploadId,
        initiated: record.initiated,
        parts: parts.length,
        bytes: parts.reduce((sum, { size }) => sum + size, 0),
      })),
    )
    .sort((a, b) => b.initiated - a.initiated);
  return { uploads: all.slice(0, MOST), count: all.length };
}

/** The parts of one upload. Undefined: it was completed or aborted. */
export function listParts(bucket: BucketStore, uploadId: string): object | undefined {
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined) return undefined;
  const parts = [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  return { parts: parts.map(({ partNumber, size, crc64 }) => [partNumber, size, crc64]) };
}
