import type { RetryContext } from "../http/retry.ts";
import { text } from "../params/checks.ts";
import { PAGE_SIZE } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { booleanOf, elementsOf, numberOf, textOf, type XmlElement } from "../xml/document.ts";
import { cosResultOf } from "./cos-result.ts";
import { type ObjectInfo, readObject } from "./list-objects.ts";
import { LIST, type ListPage, type ListParameters, readPage } from "./list-page.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listObjectVersions. */
export const LIST_OBJECT_VERSIONS = {
  name: "listObjectVersions",
  parameters: {
    ...LIST,
    KeyMarker: { check: text, query: "key-marker" },
    VersionIdMarker: { check: text, query: "version-id-marker" },
    MaxKeys: { check: PAGE_SIZE, query: "max-keys" },
  },
} as const satisfies Method;

/** The parameters of {@link listObjectVersions}. */
export interface ListObjectVersionsParameters extends ListParameters {
  /** The page begins after this key, or in it with `VersionIdMarker`. */
  readonly KeyMarker?: string | undefined;
  /** The page begins after this version of `KeyMarker`. */
  readonly VersionIdMarker?: string | undefined;
  /** Versions, delete markers and common prefixes per page, 1 to 1000 (default). */
  readonly MaxKeys?: number | string | undefined;
}

/** A delete marker: what a deletion without a `VersionId` leaves in a bucket with versioning. */
export interface DeleteMarkerInfo {
  /** The object's key. */
  readonly Key: string;
  /** Its own version; empty where versioning was never enabled. */
  readonly VersionId: string;
  /** Whether it is the current version of its key. */
  readonly IsLatest: boolean;
  /** When it was made; ISO 8601. */
  readonly LastModified: string;
  /** Who owns the object. */
  readonly Owner: Principal;
}

/** One version of an object. */
export interface ObjectVersionInfo extends ObjectInfo {
  /** Empty where versioning was never enabled. */
  readonly VersionId: string;
  /** Whether it is the current version of its key. */
  readonly IsLatest: boolean;
}

/** One page of versions. */
export interface ListObjectVersionsResult extends ListPage {
  /** The bucket, as BucketName-APPID. */
  readonly Name: string;
  /** The page begins after this key. */
  readonly KeyMarker: string;
  /** The page begins after this version of `KeyMarker`. */
  readonly VersionIdMarker: string;
  /** The `KeyMarker` of the next page. */
  readonly NextKeyMarker: string | undefined;
  /** The `VersionIdMarker` of the next page. */
  readonly NextVersionIdMarker: string | undefined;
  /** Entries that a page may have. */
  readonly MaxKeys: number;
  /** The versions, by key, and the newest of a key first. */
  readonly Version: readonly ObjectVersionInfo[];
  /** The delete markers, in the same order. */
  readonly DeleteMarker: readonly DeleteMarkerInfo[];
}

/** GET Bucket Object versions, one page. COS document 436/35521. */
export async function listObjectVersions(
  context: RetryContext,
  parameters: ListObjectVersionsParameters,
): Promise<ListObjectVersionsResult> {
  const { response, document } = await getDocument(context, "ListVersionsResult", {
    operation: "listObjectVersions",
    Bucket: parameters.Bucket,
    Key: "",
    query: [["versions", ""], ...queryOf(LIST_OBJECT_VERSIONS.parameters, parameters)],
    signal: parameters.signal,
  });
  return {
    ...cosResultOf(response),
    ...readPage(document),
    Name: textOf(document, "Name") ?? parameters.Bucket,
    KeyMarker: textOf(document, "KeyMarker") ?? "",
    VersionIdMarker: textOf(document, "VersionIdMarker") ?? "",
    NextKeyMarker: textOf(document, "NextKeyMarker") || undefined,
    NextVersionIdMarker: textOf(document, "NextVersionIdMarker") || undefined,
    MaxKeys: numberOf(document, "MaxKeys") ?? 1000,
    Version: elementsOf(document, "Version").map((item) => ({ ...readObject(item), ...versionOf(item) })),
    DeleteMarker: elementsOf(document, "DeleteMarker").map((item) => ({
      Key: textOf(item, "Key") ?? "",
      ...versionOf(item),
      LastModified: textOf(item, "LastModified") ?? "",
      Owner: readPrincipal(item, "Owner"),
    })),
  };
}

function versionOf(item: XmlElement): { readonly VersionId: string; readonly IsLatest: boolean } {
  return { VersionId: textOf(item, "VersionId") ?? "", IsLatest: booleanOf(item, "IsLatest") };
}
