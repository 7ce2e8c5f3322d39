import { createHash } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import { encryptionEcho, storageClassHeader } from "../request/attributes.ts";
import { encodeKey } from "../request/percent.ts";
import { receiveDocument } from "../request/receive.ts";
import { S3_NAMESPACE } from "../s3/response.ts";
import { combineCrc64 } from "../store/crc64.ts";
import type { ObjectRecord, PartRecord } from "../store/records.ts";
import type { OpenUpload } from "../store/upload-index.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { type Content, children, holdsOnly, malformed, wordOf } from "../xml/parse.ts";
import { document, element } from "../xml/render.ts";
import { checkOverwrite, overwriteRule } from "./forbid-overwrite.ts";
import { versionHeader } from "./object-access.ts";
import { noSuchUpload, requireUpload } from "./open-upload.ts";
import { quoted } from "./respond.ts";

interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** POST /{key}?uploadId=: creates the object from the listed parts. Not idempotent: a second one is NoSuchUpload. */
export async function completeMultipartUpload(call: Call): Promise<EmulatorResponse> {
  const { bucket } = call;
  const { uploadId } = requireUpload(call).record;
  const rule = overwriteRule(call);
  const listed = partListIn(await receiveDocument(call, "CompleteMultipartUpload"));

  const record = await bucket.complete(
    uploadId,
    (upload) => {
      if (!upload) throw noSuchUpload();
      return assemble(upload, selectParts(upload, listed, call.settings.minPartSize), call.now);
    },
    (present) => checkOverwrite(rule, present),
  );
  const headers = {
    "Content-Type": "application/xml",
    "x-cos-hash-crc64ecma": record.crc64,
    ...storageClassHeader(record),
    ...encryptionEcho(record),
    ...versionHeader(record),
  };
  return { status: 200, headers, body: streamed(resultDocument(call, record)) };
}

function partListIn(root: Content): readonly ListedPart[] {
  holdsOnly(root, ["Part"]);
  const listed = children(root, "Part").map((node) => {
    const number = wordOf(node, "PartNumber") ?? "";
    const etag = wordOf(node, "ETag");
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformed();
    // Clients send the quotes escaped, unescaped, or not at all.
    return { partNumber: Number(number), etag: etag.replaceAll('"', "").toLowerCase() };
  });
  if (listed.length === 0) throw malformed();
  return listed;
}

function selectParts(upload: OpenUpload, listed: readonly ListedPart[], minBytes: number): PartRecord[] {
  let previous = 0;
  const parts = listed.map(({ partNumber, etag }) => {
    if (partNumber <= previous) {
      throw new CosErrorResponse("InvalidPartOrder", "The list of parts was not in ascending order.");
    }
    previous = partNumber;
    const part = upload.parts.get(partNumber);
    if (part?.etag !== etag) {
      throw new CosErrorResponse("InvalidPart", "One or more of the specified parts could not be found.", {
        PartNumber: String(partNumber),
      });
    }
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.size < minBytes)) {
    throw new CosErrorResponse(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size.",
    );
  }
  return parts;
}

/** The object's record: it lists the files of the parts, and combines their CRC64s, so no byte is read again. */
export function assemble(upload: OpenUpload, parts: readonly PartRecord[], now: number): ObjectRecord {
  const { initiated: _, ...record } = upload.record;
  return {
    ...record,
    size: parts.reduce((total, part) => total + part.size, 0),
    crc64: parts.reduce((crc64, part) => combineCrc64(crc64, part.crc64, part.size), "0"),
    etag: multipartEtag(record.uploadId, parts),
    lastModified: now,
    type: "normal",
    extents: parts.filter((part) => part.size > 0).map((part) => part.extent),
  };
}

// COS's formula is not public and differs from S3's. The upload id is included so that no client can predict the ETag.
function multipartEtag(uploadId: string, parts: readonly PartRecord[]): string {
  const digest = createHash("md5").update(uploadId);
  for (const part of parts) digest.update(part.etag);
  return `${digest.digest("hex")}-${parts.length}`;
}

function resultDocument(call: Call, record: ObjectRecord): string {
  const { name } = call.bucket.record;
  const region = call.address.region ?? call.settings.region;
  const namespace = call.dialect === "s3" ? S3_NAMESPACE : "http://www.qcloud.com/document/product/436/7751";
  return document(
    element(`CompleteMultipartUploadResult xmlns="${namespace}"`, [
      element("Location", `http://${name}.cos.${region}.myqcloud.com/${encodeKey(record.key)}`),
      element("Bucket", name),
      element("Key", record.key),
      element("ETag", quoted(record.etag)),
    ]),
  );
}

/** A body without a length: the service starts its response before the work is done. */
async function* streamed(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
