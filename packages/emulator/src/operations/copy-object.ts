import { CosErrorResponse } from "../errors.ts";
import { attributesFrom, encryptionEcho } from "../request/attributes.ts";
import { MAX_BODY_BYTES } from "../request/receive.ts";
import { idOf } from "../store/history.ts";
import type { Attributes } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { type CopySource, requireCopySource } from "./copy-source.ts";
import { checkOverwrite, overwriteRule } from "./forbid-overwrite.ts";
import { isoTime, quoted, xml } from "./respond.ts";

/** PUT /{key} with x-cos-copy-source: a copy inside the service. Both objects share the data files. */
export async function copyObject(call: Call): Promise<EmulatorResponse> {
  const { objects, files } = call.bucket;
  const found = requireCopySource(call);
  const { record: source, headers: sourceHeaders } = found;
  const rule = overwriteRule(call);
  const attributes = copiedAttributes(call, found);
  if (source.type === "appendable") {
    throw new CosErrorResponse("InvalidCopySource", "An appendable object cannot be copied.");
  }
  if (source.size > MAX_BODY_BYTES) {
    throw new CosErrorResponse(
      "InvalidRequest",
      "The copy source is larger than the maximum allowable size: 5 GB.",
    );
  }

  // Retained, so that the files survive if the source is deleted during the copy.
  files.retain(source.extents);
  try {
    const { size, etag, crc64, type, extents } = source;
    const record = await objects.change(call.key, (present) => {
      checkOverwrite(rule, present);
      return { ...attributes, key: call.key, size, etag, crc64, type, extents, lastModified: call.now };
    });
    return xml(
      element("CopyObjectResult", [
        element("ETag", quoted(record.etag)),
        element("LastModified", isoTime(record.lastModified)),
        element("CRC64", record.crc64),
        record.versionId === undefined ? undefined : element("VersionId", record.versionId),
      ]),
      { "x-cos-hash-crc64ecma": record.crc64, ...encryptionEcho(record), ...sourceHeaders },
    );
  } finally {
    await files.release(source.extents);
  }
}

/** The directive applies to the metadata. ACL, storage class, tags and encryption always come from the request. */
function copiedAttributes(call: Call, found: CopySource): Attributes {
  const { record: source } = found;
  const directive = (call.header("x-cos-metadata-directive") ?? "Copy").toLowerCase();
  const attributes = attributesFrom(call.headers, call.key);
  if (directive === "replaced") return attributes;
  if (directive !== "copy") {
    throw new CosErrorResponse("InvalidArgument", "x-cos-metadata-directive must be Copy or Replaced.");
  }
  if (isItself(call, found) && attributes.storageClass === source.storageClass) {
    throw new CosErrorResponse(
      "InvalidRequest",
      "A copy to itself must replace the metadata or the storage class.",
    );
  }
  return { ...attributes, headers: source.headers };
}

/** Whether the source is what the copy would replace. */
function isItself(call: Call, { bucket, record }: CopySource): boolean {
  if (bucket !== call.bucket.record.name || record.key !== call.key) return false;
  const present = call.bucket.objects.get(call.key);
  return present !== undefined && idOf(present) === idOf(record);
}
