import { CosErrorResponse } from "../errors.ts";
import { listingEncoder, pageSize } from "../request/paging.ts";
import type { PartRecord } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element, type Markup } from "../xml/render.ts";
import { requireUpload } from "./open-upload.ts";
import { isoTime, quoted, xml } from "./respond.ts";

/** GET /{key}?uploadId=: the stored parts of an upload, by number, a page at a time. */
export async function listParts(call: Call): Promise<EmulatorResponse> {
  if (!call.query.get("uploadId")) {
    throw new CosErrorResponse(
      "ListPartUploadIdIsEmpty",
      "The upload id of a part listing must not be empty.",
    );
  }
  const upload = requireUpload(call);
  const maxParts = pageSize(call.query, "max-parts");
  const marker = partNumberMarker(call);
  const { encodingType, encode } = listingEncoder(call.query);

  const after = [...upload.parts.values()]
    .filter((part) => part.partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber);
  const page = after.slice(0, maxParts);
  const truncated = after.length > page.length;
  const party = [element("ID", call.owner), element("DisplayName", call.owner)];
  return xml(
    element("ListPartsResult", [
      element("Bucket", call.bucket.record.name),
      // The other listings write Encoding-Type.
      encodingType === undefined ? undefined : element("Encoding-type", encodingType),
      element("Key", encode(call.key)),
      element("UploadId", upload.record.uploadId),
      element("Owner", party),
      element("PartNumberMarker", marker),
      element("Initiator", party),
      ...page.map(partElement),
      truncated ? element("NextPartNumberMarker", page.at(-1)?.partNumber ?? marker) : undefined,
      element("StorageClass", upload.record.storageClass),
      element("MaxParts", maxParts),
      element("IsTruncated", truncated),
    ]),
  );
}

function partElement(part: PartRecord): Markup {
  return element("Part", [
    element("PartNumber", part.partNumber),
    element("LastModified", isoTime(part.lastModified)),
    element("ETag", quoted(part.etag)),
    element("Size", part.size),
  ]);
}

function partNumberMarker(call: Call): number {
  const text = call.query.get("part-number-marker") ?? "0";
  if (!/^\d{1,9}$/.test(text)) {
    throw new CosErrorResponse("InvalidArgument", "The part-number-marker you specified is not valid.");
  }
  return Number(text);
}
