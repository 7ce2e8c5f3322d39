import { randomBytes } from "node:crypto";
import { attributesFrom, encryptionEcho } from "../request/attributes.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { xml } from "./respond.ts";

/** POST /{key}?uploads: opens an upload. A key may have several open uploads. */
export async function initiateMultipartUpload(call: Call): Promise<EmulatorResponse> {
  const { uploads, record: bucket } = call.bucket;
  const attributes = attributesFrom(call.headers, call.key);
  const uploadId = newUploadId(call.now);
  await uploads.open({ ...attributes, uploadId, key: call.key, initiated: call.now });
  const root = element("InitiateMultipartUploadResult", [
    element("Bucket", bucket.name),
    element("Key", call.key),
    element("UploadId", uploadId),
  ]);
  return xml(root, encryptionEcho(attributes));
}

// The service's form: Unix time in ten digits, then 64 lower-case hexadecimal digits.
function newUploadId(now: number): string {
  const seconds = String(Math.floor(now / 1000))
    .padStart(10, "0")
    .slice(-10);
  return seconds + randomBytes(32).toString("hex");
}
