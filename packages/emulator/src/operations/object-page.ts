import { commonPrefix } from "../request/paging.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { currentObject, type History } from "../store/history.ts";
import { later, type Place, placeAfter, placeAfterPrefix, placeOf } from "../store/key-order.ts";
import { element, type Markup, plainElement } from "../xml/render.ts";
import { isoTime } from "./respond.ts";

export interface Page {
  readonly keys: readonly (readonly [key: string, History])[];
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

/**
 * The keys and common prefixes of one page. Keys below a common prefix that is listed are not read.
 * @param deleted whether keys are listed whose latest version is a delete marker
 */
export function selectPage({ objects }: BucketStore, wanted: PageRequest, deleted = false): Page {
  const { prefix, delimiter, maxKeys } = wanted;
  const keys: (readonly [string, History])[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const listed of objects.folders(firstPlace(wanted), { prefix, delimiter, deleted }, maxKeys + 1)) {
    if (keys.length + prefixes.length >= maxKeys) return { keys, prefixes, nextMarker: last };
    if (typeof listed === "string") prefixes.push(listed);
    else keys.push(listed);
    last = typeof listed === "string" ? listed : listed[0];
  }
  return { keys, prefixes, nextMarker: undefined };
}

/** Where the page begins. If the marker is a common prefix, after all keys below it. */
function firstPlace({ prefix, delimiter, marker }: PageRequest): Place {
  if (marker.startsWith(prefix) && commonPrefix(marker, prefix, delimiter) === marker) {
    return placeAfterPrefix(marker);
  }
  return marker === "" ? placeOf(prefix) : later(placeOf(prefix), placeAfter(marker));
}

/** The owner of an object in a listing: the number of the account, as in documents 436/7734 and 436/35521. */
export function objectOwner(bucket: string): Markup {
  const appId = bucket.slice(bucket.lastIndexOf("-") + 1);
  return element("Owner", [element("ID", appId), element("DisplayName", appId)]);
}

/**
 * The element of one object.
 * @param owner the same for all objects of a page; undefined: not wanted
 */
export function contents(
  [key, history]: Page["keys"][number],
  encode: (key: string) => string,
  owner: Markup | undefined,
): Markup | undefined {
  const record = currentObject(history);
  if (!record) return undefined;
  return element("Contents", [
    element("Key", encode(key)),
    plainElement("LastModified", isoTime(record.lastModified)),
    // Of hexadecimal digits and a hyphen.
    plainElement("ETag", `&quot;${record.etag}&quot;`),
    element("Size", record.size),
    owner,
    element("StorageClass", record.storageClass),
  ]);
}
