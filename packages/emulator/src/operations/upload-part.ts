import { encryptionEcho } from "../request/attributes.ts";
import { checkCustomerKey, etagOf } from "../request/encryption.ts";
import { receiveData } from "../request/receive.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { noSuchUpload, requirePartNumber, requireUpload } from "./open-upload.ts";
import { empty, quoted } from "./respond.ts";

/** PUT /{key}?partNumber=&uploadId=: stores a part. A later body for the same number replaces it. */
export async function uploadPart(call: Call): Promise<EmulatorResponse> {
  const { uploads } = call.bucket;
  const { record: upload } = requireUpload(call);
  const partNumber = requirePartNumber(call);
  checkCustomerKey(upload.encryption, call.headers);

  const rule = call.settings.allowChunkedParts ? "chunked allowed" : "required";
  return receiveData(call, rule, async ({ extent, md5, crc64 }) => {
    const etag = etagOf(md5, upload.encryption);
    const part = { partNumber, size: extent.size, etag, crc64, lastModified: call.now, extent };
    if (!(await uploads.putPart(upload.uploadId, part))) throw noSuchUpload();
    return empty(200, { ETag: quoted(etag), "x-cos-hash-crc64ecma": crc64, ...encryptionEcho(upload) });
  });
}
