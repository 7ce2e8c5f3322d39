import { selectPage } from "../operations/object-page.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { type History, idOf, isMarker } from "../store/history.ts";
import type { Version } from "../store/records.ts";

/** Rows of one response. */
const PAGE = 200;

/** One row of a list: what a version is. */
export interface ObjectRow {
  readonly key: string;
  readonly versionId: string;
  readonly latest: boolean;
  readonly lastModified: number;
  /** Absent in a delete marker. */
  readonly size?: number;
  readonly crc64?: string;
  readonly etag?: string;
  readonly storageClass?: string;
  readonly appendable?: boolean;
}

/** The objects and folders of a page, with the checksums that COS's own list does not have. */
export function listPage(bucket: BucketStore, query: URLSearchParams): object {
  const versions = query.get("versions") === "1";
  const wanted = {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") || undefined,
    marker: query.get("marker") ?? "",
    maxKeys: PAGE,
  };
  // With versions, also keys whose latest one is a delete marker.
  const page = versions ? selectPage(bucket, wanted, true) : selectPage(bucket, wanted);
  return {
    folders: page.prefixes,
    objects: page.keys.flatMap(([key, history]) =>
      rowsOf(key, history).filter(({ latest }) => versions || latest),
    ),
    next: page.nextMarker,
  };
}

/** Every version of one key, with its headers. */
export function describeKey(bucket: BucketStore, key: string): object {
  const history = bucket.objects.versions(key);
  const rows = rowsOf(key, history);
  return { key, versions: history.map((version, index) => ({ ...rows[index], ...attributesOf(version) })) };
}

function rowsOf(key: string, history: History): ObjectRow[] {
  return history.map((version, index) => ({
    key,
    versionId: idOf(version),
    latest: index === 0,
    lastModified: version.lastModified,
    ...(!isMarker(version) && {
      size: version.size,
      crc64: version.crc64,
      etag: version.etag,
      storageClass: version.storageClass,
      appendable: version.type === "appendable",
    }),
  }));
}

function attributesOf(version: Version): object {
  if (isMarker(version)) return { headers: {}, tags: [] };
  const { headers, tags, acl, encryption, restore } = version;
  return {
    headers,
    tags,
    acl: acl.canned,
    ...(encryption && { encryption: encryption.kind }),
    ...(restore && { restore }),
  };
}
