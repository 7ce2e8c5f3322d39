import { commonPrefix, isAfter, keysFrom } from "../request/paging.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { element, type Markup } from "../xml/render.ts";
import { isoTime, quoted } from "./respond.ts";

export interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page, if more follow. */
  readonly nextMarker: string | undefined;
}

export interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly marker: string;
  readonly maxKeys: number;
}

/** The keys and common prefixes of one page. */
export function selectPage(sorted: readonly string[], wanted: PageRequest): Page {
  const { prefix, delimiter, marker, maxKeys } = wanted;
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const key of keysFrom(sorted, prefix, (each) => isAfter(each, marker))) {
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

/** The owner of an object in a listing: the number of the account, as in documents 436/7734 and 436/35521. */
export function objectOwner(bucket: string): Markup {
  const appId = bucket.slice(bucket.lastIndexOf("-") + 1);
  return element("Owner", [element("ID", appId), element("DisplayName", appId)]);
}

/** The element of one object. Undefined: it was deleted meanwhile. */
export function contents(
  bucket: BucketStore,
  key: string,
  encode: (key: string) => string,
  owned = true,
): Markup | undefined {
  const record = bucket.objects.get(key);
  if (!record) return undefined;
  return element("Contents", [
    element("Key", encode(key)),
    element("LastModified", isoTime(record.lastModified)),
    element("ETag", quoted(record.etag)),
    element("Size", record.size),
    owned ? objectOwner(bucket.record.name) : undefined,
    element("StorageClass", record.storageClass),
  ]);
}
