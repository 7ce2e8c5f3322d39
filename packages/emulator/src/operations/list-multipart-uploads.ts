import { commonPrefix, isAfter, listingEncoder, pageSize } from "../request/paging.ts";
import type { UploadRecord } from "../store/records.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element, type Markup } from "../xml/render.ts";
import { isoTime, xml } from "./respond.ts";

interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly keyMarker: string;
  /** Undefined without a key marker. */
  readonly uploadIdMarker: string | undefined;
  readonly maxUploads: number;
}

interface Page {
  readonly uploads: readonly UploadRecord[];
  readonly prefixes: readonly string[];
  readonly next: { readonly key: string; readonly uploadId: string } | undefined;
}

/** GET /?uploads: the open uploads of a bucket, by key and then by id. */
export async function listMultipartUploads(call: Call): Promise<EmulatorResponse> {
  const { query } = call;
  const { encodingType, encode } = listingEncoder(query);
  const keyMarker = query.get("key-marker") ?? "";
  const wanted = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter"),
    keyMarker,
    uploadIdMarker: keyMarker === "" ? undefined : query.get("upload-id-marker"),
    maxUploads: pageSize(query, "max-uploads"),
  };
  const page = selectPage(sorted(call.bucket.uploads.all()), wanted);
  return xml(
    element("ListMultipartUploadsResult", [
      element("Bucket", call.bucket.record.name),
      encodingType === undefined ? undefined : element(encodingName(call), encodingType),
      element("KeyMarker", encode(wanted.keyMarker)),
      element("UploadIdMarker", wanted.uploadIdMarker ?? ""),
      ...(page.next === undefined
        ? []
        : [
            element("NextKeyMarker", encode(page.next.key)),
            element("NextUploadIdMarker", page.next.uploadId),
          ]),
      element("MaxUploads", wanted.maxUploads),
      element("IsTruncated", page.next !== undefined),
      element("Prefix", encode(wanted.prefix)),
      element("Delimiter", encode(wanted.delimiter ?? "")),
      ...page.uploads.map((upload) => uploadElement(call, upload, encode)),
      ...page.prefixes.map((prefix) => element("CommonPrefixes", [element("Prefix", encode(prefix))])),
    ]),
  );
}

/** S3 writes the name without a hyphen in every listing, COS not in this one. */
function encodingName(call: Call): string {
  return call.dialect === "s3" ? "EncodingType" : "Encoding-Type";
}

function sorted(uploads: readonly UploadRecord[]): UploadRecord[] {
  return [...uploads].sort(
    (a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.uploadId < b.uploadId ? -1 : 1),
  );
}

function selectPage(all: readonly UploadRecord[], wanted: PageRequest): Page {
  const uploads: UploadRecord[] = [];
  const prefixes: string[] = [];
  let last: Page["next"];
  for (const upload of all) {
    if (!upload.key.startsWith(wanted.prefix) || !isPastMarkers(upload, wanted)) continue;
    const folder = commonPrefix(upload.key, wanted.prefix, wanted.delimiter);
    if (folder !== undefined && (folder === last?.key || folder === wanted.keyMarker)) continue;
    if (uploads.length + prefixes.length >= wanted.maxUploads) return { uploads, prefixes, next: last };
    if (folder === undefined) uploads.push(upload);
    else prefixes.push(folder);
    last = folder === undefined ? upload : { key: folder, uploadId: "" };
  }
  return { uploads, prefixes, next: undefined };
}

function isPastMarkers(upload: UploadRecord, { keyMarker, uploadIdMarker }: PageRequest): boolean {
  if (keyMarker === "" || isAfter(upload.key, keyMarker)) return true;
  return upload.key === keyMarker && uploadIdMarker !== undefined && upload.uploadId > uploadIdMarker;
}

function uploadElement(call: Call, upload: UploadRecord, encode: (key: string) => string): Markup {
  const party = [element("ID", call.owner), element("DisplayName", call.owner)];
  return element("Upload", [
    element("Key", encode(upload.key)),
    element("UploadId", upload.uploadId),
    element("StorageClass", upload.storageClass),
    element("Initiator", party),
    element("Owner", party),
    element("Initiated", isoTime(upload.initiated)),
  ]);
}
