import { attributesFrom, encryptionEcho, storageClassHeader } from "../request/attributes.ts";
import { etagOf } from "../request/encryption.ts";
import { receiveData } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { checkOverwrite, overwriteRule } from "./forbid-overwrite.ts";
import { versionHeader } from "./object-access.ts";
import { empty, quoted } from "./respond.ts";

/** PUT /{key}: stores an object from one body, of known length or chunked. */
export async function putObject(call: Call): Promise<EmulatorResponse> {
  const { objects } = call.bucket;
  const attributes = attributesFrom(call.headers, call.key);
  const rule = overwriteRule(call);
  checkOverwrite(rule, objects.get(call.key));

  return receiveData(call, "chunked allowed", async ({ extent, md5, crc64 }) => {
    const etag = etagOf(md5, attributes.encryption);
    const record = await objects.change(call.key, (present) => {
      // Checked again: another request may have written the key while this body was received.
      checkOverwrite(rule, present);
      return {
        ...attributes,
        key: call.key,
        size: extent.size,
        etag,
        crc64,
        lastModified: call.now,
        type: "normal",
        extents: [extent],
      };
    });
    return empty(200, {
      ETag: quoted(etag),
      "x-cos-hash-crc64ecma": crc64,
      ...storageClassHeader(attributes),
      ...encryptionEcho(attributes),
      ...versionHeader(record),
    });
  });
}
