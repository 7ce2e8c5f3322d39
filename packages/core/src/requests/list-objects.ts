import type { RetryContext } from "../http/retry.ts";
import { text } from "../params/checks.ts";
import { PAGE_SIZE } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { elementsOf, numberOf, textOf, type XmlElement } from "../xml/document.ts";
import { cosResultOf } from "./cos-result.ts";
import { LIST, type ListPage, type ListParameters, readPage } from "./list-page.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listObjects. */
export const LIST_OBJECTS = {
  name: "listObjects",
  parameters: {
    ...LIST,
    Marker: { check: text, query: "marker" },
    MaxKeys: { check: PAGE_SIZE, query: "max-keys" },
  },
} as const satisfies Method;

/** The parameters of {@link listObjects}. */
export interface ListObjectsParameters extends ListParameters {
  /** The page begins after this key. */
  readonly Marker?: string | undefined;
  /** Keys and common prefixes per page, 1 to 1000 (default). */
  readonly MaxKeys?: number | string | undefined;
}

/** One object of a list. */
export interface ObjectInfo {
  /** The object's key. */
  readonly Key: string;
  /** When it was last written; ISO 8601. */
  readonly LastModified: string;
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** Who owns the object. */
  readonly Owner: Principal;
}

/** One page of objects. */
export interface ListObjectsResult extends ListPage {
  /** The bucket, as BucketName-APPID. */
  readonly Name: string;
  /** The page begins after this key. */
  readonly Marker: string;
  /** The `Marker` of the next page; undefined on the last one. */
  readonly NextMarker: string | undefined;
  /** Keys and common prefixes that a page may have. */
  readonly MaxKeys: number;
  /** The objects, by key. */
  readonly Contents: readonly ObjectInfo[];
}

/** GET Bucket, one page. COS document 436/7734. */
export async function listObjects(
  context: RetryContext,
  parameters: ListObjectsParameters,
): Promise<ListObjectsResult> {
  const { response, document } = await getDocument(context, "ListBucketResult", {
    operation: "listObjects",
    Bucket: parameters.Bucket,
    Key: "",
    query: queryOf(LIST_OBJECTS.parameters, parameters),
    signal: parameters.signal,
  });
  return {
    ...cosResultOf(response),
    ...readPage(document),
    Name: textOf(document, "Name") ?? parameters.Bucket,
    Marker: textOf(document, "Marker") ?? "",
    NextMarker: textOf(document, "NextMarker") || undefined,
    MaxKeys: numberOf(document, "MaxKeys") ?? 1000,
    Contents: elementsOf(document, "Contents").map(readObject),
  };
}

/** An object of a list. */
export function readObject(item: XmlElement): ObjectInfo {
  return {
    Key: textOf(item, "Key") ?? "",
    LastModified: textOf(item, "LastModified") ?? "",
    ETag: textOf(item, "ETag") ?? "",
    Size: numberOf(item, "Size") ?? -1,
    StorageClass: textOf(item, "StorageClass") ?? "STANDARD",
    Owner: readPrincipal(item, "Owner"),
  };
}
