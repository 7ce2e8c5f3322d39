import { attributesFrom, encryptionEcho, storageClassHeader } from "../request/attributes.ts";
import { etagOf } from "../request/encryption.ts";
import { type LengthRule, receiveData } from "../request/receive.ts";
import type { ObjectRecord } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { checkOverwrite, overwriteRule } from "./forbid-overwrite.ts";
import { versionHeader } from "./object-access.ts";
import { empty, quoted } from "./respond.ts";

/** PUT /{key}: stores an object from one body, of known length or chunked. */
export async function putObject(call: Call): Promise<EmulatorResponse> {
  return empty(200, describeStored(await storeObject(call, "chunked allowed")));
}

/** Stores an object with the headers and the body of a call. */
export async function storeObject(call: Call, length: LengthRule): Promise<ObjectRecord> {
  const { objects } = call.bucket;
  const attributes = attributesFrom(call.headers, call.key);
  const rule = overwriteRule(call);
  checkOverwrite(rule, objects.get(call.key));

  return receiveData(call, length, ({ extent, md5, crc64 }) =>
    objects.change(call.key, (present) => {
      // Checked again: another request may have written the key while this body was received.
      checkOverwrite(rule, present);
      return {
        key: call.key,
        size: extent.size,
        etag: etagOf(md5, attributes.encryption),
        crc64,
        lastModified: call.now,
        type: "normal",
        extents: extent.size > 0 ? [extent] : [],
        ...attributes,
      };
    }),
  );
}

/** The headers of the response to a stored object. */
export function describeStored(record: ObjectRecord): Record<string, string> {
  return {
    ETag: quoted(record.etag),
    "x-cos-hash-crc64ecma": record.crc64,
    ...storageClassHeader(record),
    ...encryptionEcho(record),
    ...versionHeader(record),
  };
}
