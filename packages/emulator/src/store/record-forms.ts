import type { StoredHistory } from "./history.ts";
import type { BucketRecord, Extent, PartRecord, UploadRecord } from "./records.ts";

/** Names of data files. A record with another name must not make the emulator read or delete other files. */
export const DATA_FILE = /^[0-9a-f]{32}$/;

export function isBucketRecord(value: unknown): value is BucketRecord {
  return isObject(value) && typeof value.name === "string" && isObject(value.acl);
}

export function isStoredHistory(value: unknown): value is StoredHistory {
  if (!isObject(value) || typeof value.key !== "string") return false;
  const { versions } = value;
  return versions === undefined ? isVersion(value) : Array.isArray(versions) && versions.every(isVersion);
}

export function isUploadRecord(value: unknown): value is UploadRecord {
  return isObject(value) && typeof value.uploadId === "string" && typeof value.key === "string";
}

export function isPartRecord(value: unknown): value is PartRecord {
  return isObject(value) && typeof value.partNumber === "number" && isExtent(value.extent);
}

function isVersion(value: unknown): boolean {
  if (!isObject(value) || typeof value.key !== "string") return false;
  const { deleteMarker, extents } = value;
  return deleteMarker === true || (Array.isArray(extents) && extents.every(isExtent));
}

function isExtent(value: unknown): value is Extent {
  if (!isObject(value) || typeof value.size !== "number") return false;
  return typeof value.file === "string" && DATA_FILE.test(value.file);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
