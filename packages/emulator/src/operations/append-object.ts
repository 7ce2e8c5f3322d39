import { createHash } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import { attributesFrom, encryptionEcho } from "../request/attributes.ts";
import { MAX_BODY_BYTES, receiveData } from "../request/receive.ts";
import { combineCrc64 } from "../store/crc64.ts";
import type { Ingested } from "../store/ingest.ts";
import type { Attributes, ObjectRecord } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { empty, quoted } from "./respond.ts";

/**
 * POST /{key}?append&position=: adds bytes at the end of an appendable object. Not idempotent: when an append is
 * repeated, the object is longer, so the response is AppendPositionErr.
 */
export async function appendObject(call: Call): Promise<EmulatorResponse> {
  const { objects } = call.bucket;
  const position = appendPosition(call);
  const found = objects.get(call.key);
  checkPosition(found, position);
  if (!found) newAttributes(call);

  return receiveData(call, "required", async (stored) => {
    const record = await objects.change(call.key, (present) => {
      // Checked again under the lock: of two appends at one position, the first complete one wins.
      checkPosition(present, position);
      return extend(present, call, stored);
    });
    return empty(200, {
      ETag: quoted(record.etag),
      "x-cos-next-append-position": String(record.size),
      // In spite of its name the MD5 of the bytes that this request added: the official Go SDK compares it.
      "x-cos-content-sha1": stored.md5.toString("hex"),
      "x-cos-hash-crc64ecma": record.crc64,
      ...encryptionEcho(record),
    });
  });
}

/** The attributes of a new object. Those of a later append are not even checked. */
function newAttributes(call: Call): Attributes {
  const attributes = attributesFrom(call.headers, call.key);
  if (/^(INTELLIGENT_TIERING|MAZ_|ARCHIVE$|DEEP_ARCHIVE$)/.test(attributes.storageClass)) {
    throw new CosErrorResponse("InvalidArgument", "The storage class does not support append.");
  }
  return attributes;
}

function appendPosition(call: Call): number {
  const text = call.query.get("position") ?? "";
  if (!/^\d{1,15}$/.test(text)) {
    throw new CosErrorResponse("InvalidArgument", "The position must be a non-negative integer.");
  }
  return Number(text);
}

function checkPosition(present: ObjectRecord | undefined, position: number): void {
  if (present && present.type !== "appendable") {
    throw new CosErrorResponse(
      "ObjectNotAppendable",
      "The operation is not valid for the current state of the object.",
    );
  }
  if (position !== (present?.size ?? 0)) {
    throw new CosErrorResponse("AppendPositionErr", "The position is not equal to the length of the object.");
  }
}

/** The record after an append. Only the first append sets the attributes. */
function extend(
  present: ObjectRecord | undefined,
  call: Call,
  { extent, md5, crc64 }: Ingested,
): ObjectRecord {
  const size = (present?.size ?? 0) + extent.size;
  if (size > MAX_BODY_BYTES) {
    throw new CosErrorResponse(
      "EntityTooLarge",
      "Your proposed upload exceeds the maximum allowed object size.",
    );
  }
  const added = extent.size > 0 ? [extent] : [];
  return {
    ...(present ?? { ...newAttributes(call), key: call.key, type: "appendable" }),
    size,
    // Has no defined meaning on the service, and differs after every append.
    etag: createHash("md5")
      .update(present?.etag ?? "")
      .update(md5)
      .update(call.requestId)
      .digest("hex"),
    crc64: combineCrc64(present?.crc64 ?? "0", crc64, extent.size),
    lastModified: call.now,
    extents: [...(present?.extents ?? []), ...added],
  };
}
