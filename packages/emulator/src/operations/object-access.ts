import { CosErrorResponse } from "../errors.ts";
import { describeAttributes } from "../request/attributes.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call } from "../types.ts";
import { quoted } from "./respond.ts";

/** The object that a request addresses. Throws NoSuchKey if it does not exist. */
export function requireObject(call: Call): ObjectRecord {
  const versionId = call.query.get("versionId");
  // Without versioning, "null" is the only version.
  if (versionId !== undefined && versionId !== "null") {
    throw new CosErrorResponse("NoSuchVersion", "The specified version does not exist.");
  }
  const record = call.bucket.objects.get(call.key);
  if (!record) throw new CosErrorResponse("NoSuchKey", "The specified key does not exist.");
  return record;
}

/** The headers with which HEAD and GET describe an object. */
export function describeObject(record: ObjectRecord): Record<string, string> {
  return {
    ...describeAttributes(record),
    ETag: quoted(record.etag),
    "Last-Modified": new Date(record.lastModified).toUTCString(),
    "Accept-Ranges": "bytes",
    "x-cos-hash-crc64ecma": record.crc64,
    "x-cos-object-type": record.type,
  };
}
