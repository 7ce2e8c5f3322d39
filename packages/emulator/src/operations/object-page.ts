import { commonPrefix } from "../request/paging.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { currentObject, type History } from "../store/history.ts";
import { later, placeAfter, placeAfterPrefix, placeOf } from "../store/key-order.ts";
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
 * @param isListed by default, whether a key has an object
 */
export function selectPage(
  { objects }: BucketStore,
  wanted: PageRequest,
  isListed = (history: History): boolean => currentObject(history) !== undefined,
): Page {
  const { prefix, delimiter, marker, maxKeys } = wanted;
  const keys: (readonly [string, History])[] = [];
  const prefixes: string[] = [];
  const taken = (): number => keys.length + prefixes.length;
  let last: string | undefined;
  let place = later(placeOf(prefix), marker === "" ? placeOf("") : placeAfter(marker));
  // If the marker is a common prefix, the page begins after all keys below it.
  if (marker.startsWith(prefix) && commonPrefix(marker, prefix, delimiter) === marker) {
    place = placeAfterPrefix(marker);
  }
  for (;;) {
    const from = place;
    for (const [key, history] of objects.from(from, delimiter ? 1 : maxKeys + 1 - taken())) {
      if (!key.startsWith(prefix)) return { keys, prefixes, nextMarker: undefined };
      if (!isListed(history)) continue;
      if (taken() >= maxKeys) return { keys, prefixes, nextMarker: last };
      const folder = commonPrefix(key, prefix, delimiter);
      last = folder ?? key;
      if (folder === undefined) keys.push([key, history]);
      else {
        prefixes.push(folder);
        place = placeAfterPrefix(folder);
        break;
      }
    }
    if (place === from) return { keys, prefixes, nextMarker: undefined };
  }
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
