import { commonPrefix, isAfter, listingEncoder, pageSize } from "../request/paging.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element, type Markup } from "../xml/render.ts";
import { isoTime, quoted, xml } from "./respond.ts";

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page, if more follow. */
  readonly nextMarker: string | undefined;
}

interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly marker: string;
  readonly maxKeys: number;
}

/** GET /: the objects of a bucket in key order, a page at a time. */
export async function listObjects(call: Call): Promise<EmulatorResponse> {
  const { bucket, query } = call;
  const { encodingType, encode } = listingEncoder(query);
  const wanted = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter"),
    marker: query.get("marker") ?? "",
    maxKeys: pageSize(query, "max-keys", 0),
  };
  const page = selectPage(bucket.objects.keys(), wanted);
  return xml(
    element("ListBucketResult", [
      element("Name", bucket.record.name),
      encodingType === undefined ? undefined : element("EncodingType", encodingType),
      element("Prefix", encode(wanted.prefix)),
      element("Marker", encode(wanted.marker)),
      element("MaxKeys", wanted.maxKeys),
      wanted.delimiter === undefined ? undefined : element("Delimiter", encode(wanted.delimiter)),
      element("IsTruncated", page.nextMarker !== undefined),
      page.nextMarker === undefined ? undefined : element("NextMarker", encode(page.nextMarker)),
      ...page.keys.map((key) => contents(call, bucket, key, encode)),
      ...page.prefixes.map((prefix) => element("CommonPrefixes", [element("Prefix", encode(prefix))])),
    ]),
  );
}

function selectPage(sorted: readonly string[], wanted: PageRequest): Page {
  const { prefix, delimiter, marker, maxKeys } = wanted;
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const key of sorted) {
    if (!key.startsWith(prefix) || !isAfter(key, marker)) continue;
    const folder = commonPrefix(key, prefix, delimiter);
    // If the marker is a common prefix, the page begins after all keys below it.
    if (folder !== undefined && (folder === last || folder === marker)) continue;
    if (keys.length + prefixes.length >= maxKeys) return { keys, prefixes, nextMarker: last };
    if (folder === undefined) keys.push(key);
    else prefixes.push(folder);
    last = folder ?? key;
  }
  return { keys, prefixes, nextMarker: undefined };
}

function contents(
  call: Call,
  bucket: BucketStore,
  key: string,
  encode: (key: string) => string,
): Markup | undefined {
  const record = bucket.objects.get(key);
  if (!record) return undefined;
  return element("Contents", [
    element("Key", encode(key)),
    element("LastModified", isoTime(record.lastModified)),
    element("ETag", quoted(record.etag)),
    element("Size", record.size),
    element("Owner", [element("ID", call.owner), element("DisplayName", call.owner)]),
    element("StorageClass", record.storageClass),
  ]);
}
