import { CosErrorResponse } from "../errors.ts";
import { commonPrefix, listingEncoder, pageSize } from "../request/paging.ts";
import { type History, idOf, isMarker } from "../store/history.ts";
import { later, type Place, placeAfter, placeAfterPrefix, placeOf } from "../store/key-order.ts";
import type { ObjectIndex } from "../store/object-index.ts";
import type { Version } from "../store/records.ts";
import { microsecondsOf } from "../store/version-id.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { element, type Markup } from "../xml/render.ts";
import { objectOwner } from "./object-page.ts";
import { isoTime, quoted, xml } from "./respond.ts";

interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly keyMarker: string;
  /** Undefined without a key marker. */
  readonly versionIdMarker: string | undefined;
  readonly maxKeys: number;
}

interface Entry {
  readonly version: Version;
  readonly isLatest: boolean;
}

interface Page {
  readonly entries: readonly Entry[];
  readonly prefixes: readonly string[];
  /** The last entry of the page, if more follow; `versionId` is empty for a prefix. */
  readonly next: { readonly key: string; readonly versionId: string } | undefined;
}

/** GET /?versions: every version and delete marker of a bucket, by key, and the newest first. */
export async function listObjectVersions(call: Call): Promise<EmulatorResponse> {
  const { bucket, query } = call;
  const { encodingType, encode } = listingEncoder(query);
  const keyMarker = query.get("key-marker") ?? "";
  const wanted = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter"),
    keyMarker,
    versionIdMarker: keyMarker === "" ? undefined : query.get("version-id-marker"),
    maxKeys: pageSize(query, "max-keys", 0),
  };
  const page = selectPage(bucket.objects, wanted);
  // Where versioning was never enabled, ids are empty.
  const id = bucket.record.versioning ? (text: string) => text : () => "";
  return xml(
    element("ListVersionsResult", [
      encodingType === undefined ? undefined : element("EncodingType", encodingType),
      element("Name", bucket.record.name),
      element("Prefix", encode(wanted.prefix)),
      element("KeyMarker", encode(wanted.keyMarker)),
      element("VersionIdMarker", wanted.versionIdMarker ?? ""),
      element("MaxKeys", wanted.maxKeys),
      element("IsTruncated", page.next !== undefined),
      page.next && element("NextKeyMarker", encode(page.next.key)),
      page.next && element("NextVersionIdMarker", id(page.next.versionId)),
      wanted.delimiter === undefined ? undefined : element("Delimiter", encode(wanted.delimiter)),
      ...page.prefixes.map((prefix) => element("CommonPrefixes", [element("Prefix", encode(prefix))])),
      ...page.entries.map((entry) => entryElement(entry, bucket.record.name, encode, id)),
    ]),
  );
}

function selectPage(objects: ObjectIndex, wanted: PageRequest): Page {
  const { prefix, delimiter, maxKeys } = wanted;
  const entries: Entry[] = [];
  const prefixes: string[] = [];
  let last: Page["next"];
  const isFull = (): boolean => entries.length + prefixes.length >= maxKeys;
  for (const listed of objects.folders(
    firstPlace(wanted),
    { prefix, delimiter, deleted: true },
    maxKeys + 1,
  )) {
    if (typeof listed === "string") {
      if (isFull()) return { entries, prefixes, next: last };
      prefixes.push(listed);
      last = { key: listed, versionId: "" };
      continue;
    }
    const [key, history] = listed;
    for (const version of key === wanted.keyMarker ? afterMarker(history, wanted.versionIdMarker) : history) {
      if (isFull()) return { entries, prefixes, next: last };
      entries.push({ version, isLatest: version === history[0] });
      last = { key, versionId: idOf(version) };
    }
  }
  return { entries, prefixes, next: undefined };
}

/** Where the page begins. If the marker is a common prefix, after all keys below it. */
function firstPlace({ prefix, delimiter, keyMarker, versionIdMarker }: PageRequest): Place {
  if (keyMarker.startsWith(prefix) && commonPrefix(keyMarker, prefix, delimiter) === keyMarker) {
    return placeAfterPrefix(keyMarker);
  }
  if (keyMarker === "") return placeOf(prefix);
  // With an id, the older versions of the key follow.
  const afterKey = versionIdMarker === undefined ? placeAfter(keyMarker) : placeOf(keyMarker);
  return later(placeOf(prefix), afterKey);
}

/** The versions after a marker. If that version has been deleted meanwhile, the older ones by its time. */
function afterMarker(history: History, marker = ""): History {
  const at = history.findIndex((version) => idOf(version) === marker);
  if (at >= 0) return history.slice(at + 1);
  const time = microsecondsOf(marker);
  if (time === undefined) {
    throw new CosErrorResponse("InvalidArgument", "The version-id-marker you specified is not valid.");
  }
  return history.filter((version) => {
    const made = microsecondsOf(idOf(version)) ?? BigInt(version.lastModified) * 1000n;
    return made < time;
  });
}

function entryElement(
  { version, isLatest }: Entry,
  bucket: string,
  encode: (key: string) => string,
  id: (versionId: string) => string,
): Markup {
  const owner = objectOwner(bucket);
  const common = [
    element("Key", encode(version.key)),
    element("VersionId", id(idOf(version))),
    element("IsLatest", isLatest),
    element("LastModified", isoTime(version.lastModified)),
  ];
  if (isMarker(version)) return element("DeleteMarker", [...common, owner]);
  return element("Version", [
    ...common,
    element("ETag", quoted(version.etag)),
    element("Size", version.size),
    element("StorageClass", version.storageClass),
    owner,
  ]);
}
