import { CosErrorResponse } from "../errors.ts";
import type { Attributes } from "../store/records.ts";
import { aclFrom, PRIVATE } from "./acl.ts";
import { contentTypeOf } from "./content-type.ts";
import { encryptionFrom } from "./encryption.ts";
import { parseTagHeader } from "./tagging.ts";

const KEPT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "x-cos-website-redirect-location",
];
const META = "x-cos-meta-";
/** COS document 436/7749: 2 KB each, 4 KB in all. */
const MAX_META_ENTRY_BYTES = 2048;
const MAX_META_BYTES = 4096;

const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  "STANDARD",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ARCHIVE",
  "DEEP_ARCHIVE",
  "COLD",
  "MAZ_STANDARD",
  "MAZ_STANDARD_IA",
  "MAZ_INTELLIGENT_TIERING",
  "MAZ_ARCHIVE",
  "MAZ_COLD",
]);

/** Reads and checks the headers that describe a new object. */
export function attributesFrom(headers: ReadonlyMap<string, string>, key: string): Attributes {
  const encryption = encryptionFrom(headers);
  return {
    headers: { "content-type": contentTypeOf(key), ...keptHeaders(headers) },
    storageClass: storageClass(headers),
    acl: aclFrom(headers, "object") ?? PRIVATE,
    tags: parseTagHeader(headers.get("x-cos-tagging")),
    ...(encryption && { encryption }),
  };
}

/** The headers with which HEAD and GET describe an object. */
export function describeAttributes(attributes: Attributes): Record<string, string> {
  return {
    "Content-Type": "application/octet-stream",
    ...Object.fromEntries(
      Object.entries(attributes.headers).map(([name, text]) => [canonicalCase(name), text]),
    ),
    ...storageClassHeader(attributes),
    ...(attributes.tags.length > 0 && { "x-cos-tagging-count": String(attributes.tags.length) }),
    ...attributes.encryption?.headers,
  };
}

/** The service sends no header for STANDARD. */
export function storageClassHeader({ storageClass }: Attributes): Record<string, string> {
  return storageClass === "STANDARD" ? {} : { "x-cos-storage-class": storageClass };
}

/** The encryption headers that the response to a write repeats. */
export function encryptionEcho(attributes: Attributes): Record<string, string> {
  return { ...attributes.encryption?.headers };
}

function metadataTooLarge(): CosErrorResponse {
  return new CosErrorResponse(
    "InvalidArgument",
    "Your metadata headers exceed the maximum allowed metadata size.",
  );
}

function keptHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  let metaBytes = 0;
  for (const [name, value] of headers) {
    if (KEPT_HEADERS.includes(name)) kept[name] = value;
    if (!name.startsWith(META)) continue;
    if (!/^[a-z0-9-]+$/.test(name.slice(META.length))) {
      throw new CosErrorResponse("InvalidArgument", "A metadata name may have letters, digits and hyphens.");
    }
    const entryBytes = name.length - META.length + value.length;
    if (entryBytes > MAX_META_ENTRY_BYTES) throw metadataTooLarge();
    metaBytes += entryBytes;
    kept[name] = value;
  }
  if (metaBytes > MAX_META_BYTES) throw metadataTooLarge();
  // The service refuses AWS's framing instead of storing it as content.
  if (kept["content-encoding"]?.includes("aws-chunked")) {
    throw new CosErrorResponse("NotImplemented", "The aws-chunked encoding is not supported.");
  }
  return kept;
}

function storageClass(headers: ReadonlyMap<string, string>): string {
  const named = headers.get("x-cos-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.has(named)) {
    throw new CosErrorResponse("InvalidArgument", "The storage class you specified is not valid.");
  }
  return named;
}

function canonicalCase(name: string): string {
  if (name.startsWith("x-cos-")) return name;
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
