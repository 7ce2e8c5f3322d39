import { CosErrorResponse } from "../errors.ts";
import { versionParameter } from "../request/addressed-version.ts";
import { describeRestore } from "../request/archive.ts";
import { describeAttributes } from "../request/attributes.ts";
import { findVersion, type History, idOf, isMarker, NULL_VERSION } from "../store/history.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call } from "../types.ts";
import { quoted } from "./respond.ts";

/** The object that a request addresses: the version of its versionId, or the latest one. Throws if there is none. */
export function requireObject(call: Call): ObjectRecord {
  return objectIn(call.bucket.objects.versions(call.key), versionParameter(call));
}

/** Changes the addressed version in place, under the lock of its key. */
export async function amendObject(
  call: Call,
  change: (present: ObjectRecord) => ObjectRecord,
): Promise<void> {
  await call.bucket.objects.amend(call.key, versionParameter(call), () => change(requireObject(call)));
}

/** Throws NoSuchKey or NoSuchVersion; for a delete marker NoSuchKey, with the headers that tell it. */
export function objectIn(history: History, versionId: string | undefined): ObjectRecord {
  const version = versionId === undefined ? history[0] : findVersion(history, versionId);
  if (!version) {
    const keyMissing = versionId === undefined || (versionId === NULL_VERSION && history.length === 0);
    if (keyMissing) throw noSuchKey();
    throw new CosErrorResponse("NoSuchVersion", "The specified version does not exist.");
  }
  if (!isMarker(version)) return version;
  throw noSuchKey({ "x-cos-delete-marker": "true", "x-cos-version-id": idOf(version) });
}

function noSuchKey(headers: Readonly<Record<string, string>> = {}): CosErrorResponse {
  return new CosErrorResponse("NoSuchKey", "The specified key does not exist.", {}, headers);
}

/** The headers with which HEAD and GET describe an object. */
export function describeObject(record: ObjectRecord, call: Call): Record<string, string> {
  return {
    ...describeAttributes(record),
    ETag: quoted(record.etag),
    "Last-Modified": new Date(record.lastModified).toUTCString(),
    "Accept-Ranges": "bytes",
    "x-cos-hash-crc64ecma": record.crc64,
    "x-cos-object-type": record.type,
    ...describeRestore(record, call.now),
    ...(call.bucket.record.versioning && { "x-cos-version-id": idOf(record) }),
  };
}

/** The header with which the response to a write names the new version. The null version has none. */
export function versionHeader({ versionId }: Pick<ObjectRecord, "versionId">): Record<string, string> {
  return versionId === undefined ? {} : { "x-cos-version-id": versionId };
}
