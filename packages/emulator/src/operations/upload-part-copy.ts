import { encryptionEcho } from "../request/attributes.ts";
import { parseCopyRange } from "../request/byte-range.ts";
import { checkCustomerKey, etagOf } from "../request/encryption.ts";
import { MAX_BODY_BYTES } from "../request/receive.ts";
import { ingest } from "../store/ingest.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element } from "../xml/render.ts";
import { requireCopySource } from "./copy-source.ts";
import { noSuchUpload, requirePartNumber, requireUpload } from "./open-upload.ts";
import { isoTime, quoted, xml } from "./respond.ts";

/** PUT /{key}?partNumber=&uploadId= with x-cos-copy-source: stores a part from an existing object. */
export async function uploadPartCopy(call: Call): Promise<EmulatorResponse> {
  const { uploads, files } = call.bucket;
  const { record: upload } = requireUpload(call);
  const partNumber = requirePartNumber(call);
  checkCustomerKey(upload.encryption, call.headers);
  const { record: source, headers } = requireCopySource(call);
  const { start, end } = parseCopyRange(call.header("x-cos-copy-source-range"), source.size);

  const { extent, md5, crc64 } = await ingest(
    files,
    await files.read(source.extents, start, end),
    MAX_BODY_BYTES,
  );
  try {
    const etag = etagOf(md5, upload.encryption);
    const part = { partNumber, size: extent.size, etag, crc64, lastModified: call.now, extent };
    if (!(await uploads.putPart(upload.uploadId, part))) throw noSuchUpload();
    return xml(
      element("CopyPartResult", [
        element("ETag", quoted(etag)),
        element("LastModified", isoTime(part.lastModified)),
        element("CRC64", crc64),
      ]),
      { "x-cos-hash-crc64ecma": crc64, ...encryptionEcho(upload), ...headers },
    );
  } finally {
    await files.release([extent]);
  }
}
