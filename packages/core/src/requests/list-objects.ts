import type { RetryContext } from "../http/retry.ts";
import type { CallOptions } from "../params/call-options.ts";
import { text } from "../params/checks.ts";
import { BUCKET, CALL, ENCODING_TYPE, PAGE_SIZE } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { booleanOf, elementsOf, numberOf, textOf, type XmlElement } from "../xml/read.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listObjects. */
export const LIST_OBJECTS = {
  name: "listObjects",
  parameters: {
    Bucket: BUCKET,
    ...CALL,
    Prefix: { check: text, query: "prefix" },
    Delimiter: { check: text, query: "delimiter" },
    Marker: { check: text, query: "marker" },
    MaxKeys: { check: PAGE_SIZE, query: "max-keys" },
    EncodingType: ENCODING_TYPE,
  },
} as const satisfies Method;

/** The parameters of {@link listObjects}. */
export interface ListObjectsParameters extends CallOptions {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** List only keys that begin with this. */
  readonly Prefix?: string | undefined;
  /** Keys that are equal from `Prefix` up to this are one entry of `CommonPrefixes`: with `/`, the folders. */
  readonly Delimiter?: string | undefined;
  /** The page begins after this key. */
  readonly Marker?: string | undefined;
  /** Keys and common prefixes per page, 1 to 1000 (default). */
  readonly MaxKeys?: number | string | undefined;
  /**
   * `url`: keys, prefixes and markers in the response are percent-encoded. Without it, a key with control characters makes
   * a document that no XML parser accepts.
   */
  readonly EncodingType?: "" | "url" | undefined;
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
export interface ListObjectsResult extends CosResult {
  /** The bucket, as BucketName-APPID. */
  readonly Name: string;
  /** What the keys begin with. */
  readonly Prefix: string;
  /** Keys that are equal up to this are one entry of `CommonPrefixes`. */
  readonly Delimiter: string;
  /** The page begins after this key. */
  readonly Marker: string;
  /** The `Marker` of the next page; undefined on the last one. */
  readonly NextMarker: string | undefined;
  /** Keys and common prefixes that a page may have. */
  readonly MaxKeys: number;
  /** Whether there is another page. */
  readonly IsTruncated: boolean;
  /** `url` when the keys in the response are percent-encoded. */
  readonly EncodingType: string | undefined;
  /** The objects, by key. */
  readonly Contents: readonly ObjectInfo[];
  /** What keys have in common up to the delimiter. */
  readonly CommonPrefixes: readonly { readonly Prefix: string }[];
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
    Name: textOf(document, "Name") ?? parameters.Bucket,
    Prefix: textOf(document, "Prefix") ?? "",
    Delimiter: textOf(document, "Delimiter") ?? "",
    Marker: textOf(document, "Marker") ?? "",
    NextMarker: textOf(document, "NextMarker") || undefined,
    MaxKeys: numberOf(document, "MaxKeys") ?? 1000,
    IsTruncated: booleanOf(document, "IsTruncated"),
    EncodingType: textOf(document, "EncodingType") ?? textOf(document, "Encoding-Type"),
    Contents: elementsOf(document, "Contents").map(readObject),
    CommonPrefixes: elementsOf(document, "CommonPrefixes").map((item) => ({
      Prefix: textOf(item, "Prefix") ?? "",
    })),
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
