import type { RetryContext } from "../http/retry.ts";
import type { CallOptions } from "../params/call-options.ts";
import { text } from "../params/checks.ts";
import { BUCKET, CALL, ENCODING_TYPE, PAGE_SIZE } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { percentDecode } from "../text/percent.ts";
import { booleanOf, elementsOf, numberOf, textOf, type XmlElement } from "../xml/read.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listMultipartUploads. */
export const LIST_MULTIPART_UPLOADS = {
  name: "listMultipartUploads",
  parameters: {
    Bucket: BUCKET,
    ...CALL,
    Prefix: { check: text, query: "prefix" },
    Delimiter: { check: text, query: "delimiter" },
    KeyMarker: { check: text, query: "key-marker" },
    UploadIdMarker: { check: text, query: "upload-id-marker" },
    MaxUploads: { check: PAGE_SIZE, query: "max-uploads" },
    EncodingType: ENCODING_TYPE,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.listMultipartUploads}. */
export interface ListMultipartUploadsParameters extends CallOptions {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** List only uploads whose keys begin with this. */
  readonly Prefix?: string | undefined;
  /** Keys that are equal up to this are one entry of `CommonPrefixes`. */
  readonly Delimiter?: string | undefined;
  /** The page begins after this key. */
  readonly KeyMarker?: string | undefined;
  /** The page begins after this upload of `KeyMarker`; COS ignores it without `KeyMarker`. */
  readonly UploadIdMarker?: string | undefined;
  /** Uploads per page, 1 to 1000 (default). */
  readonly MaxUploads?: number | string | undefined;
  /** `url`: keys, prefixes and markers in the response are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
}

/** One unfinished upload. */
export interface MultipartUploadInfo {
  /** The object's key. */
  readonly Key: string;
  /** The id of the multipart upload. */
  readonly UploadId: string;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** When it was begun; ISO 8601. */
  readonly Initiated: string;
  /** Who began the upload. */
  readonly Initiator: Principal;
  /** Who owns the bucket's objects. */
  readonly Owner: Principal;
}

/** One page of unfinished uploads. */
export interface ListMultipartUploadsResult extends CosResult {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** What the keys begin with. */
  readonly Prefix: string;
  /** Keys that are equal up to this are one entry of `CommonPrefixes`. */
  readonly Delimiter: string;
  /** The page begins after this key. */
  readonly KeyMarker: string;
  /** The page begins after this upload of `KeyMarker`. */
  readonly UploadIdMarker: string;
  /** The `KeyMarker` of the next page. */
  readonly NextKeyMarker: string | undefined;
  /** The `UploadIdMarker` of the next page. */
  readonly NextUploadIdMarker: string | undefined;
  /** Uploads that a page may have. */
  readonly MaxUploads: number;
  /** Whether there is another page. */
  readonly IsTruncated: boolean;
  /** `url` when the keys in the response are percent-encoded. */
  readonly EncodingType: string | undefined;
  /** The uploads, by key. */
  readonly Upload: readonly MultipartUploadInfo[];
  /** What keys have in common up to the delimiter. */
  readonly CommonPrefixes: readonly { readonly Prefix: string }[];
}

/** List Multipart Uploads, one page. COS document 436/7736. */
export async function listMultipartUploads(
  context: RetryContext,
  parameters: ListMultipartUploadsParameters,
): Promise<ListMultipartUploadsResult> {
  const { response, document } = await getDocument(context, "ListMultipartUploadsResult", {
    operation: "listMultipartUploads",
    Bucket: parameters.Bucket,
    Key: "",
    query: [["uploads", ""], ...queryOf(LIST_MULTIPART_UPLOADS.parameters, parameters)],
    signal: parameters.signal,
  });
  return {
    ...cosResultOf(response),
    Bucket: textOf(document, "Bucket") ?? parameters.Bucket,
    Prefix: textOf(document, "Prefix") ?? "",
    Delimiter: textOf(document, "Delimiter") ?? "",
    KeyMarker: textOf(document, "KeyMarker") ?? "",
    UploadIdMarker: textOf(document, "UploadIdMarker") ?? "",
    NextKeyMarker: textOf(document, "NextKeyMarker"),
    NextUploadIdMarker: textOf(document, "NextUploadIdMarker"),
    MaxUploads: numberOf(document, "MaxUploads") ?? 1000,
    IsTruncated: booleanOf(document, "IsTruncated"),
    EncodingType: textOf(document, "Encoding-Type") ?? textOf(document, "Encoding-type"),
    Upload: elementsOf(document, "Upload").map(readUpload),
    CommonPrefixes: elementsOf(document, "CommonPrefixes").map((item) => ({
      Prefix: textOf(item, "Prefix") ?? "",
    })),
  };
}

function readUpload(item: XmlElement): MultipartUploadInfo {
  return {
    Key: textOf(item, "Key") ?? "",
    UploadId: textOf(item, "UploadId") ?? textOf(item, "UploadID") ?? "",
    StorageClass: textOf(item, "StorageClass") ?? "STANDARD",
    Initiated: textOf(item, "Initiated") ?? "",
    Initiator: readPrincipal(item, "Initiator"),
    Owner: readPrincipal(item, "Owner"),
  };
}

/**
 * Every unfinished upload below a prefix and after the markers, page by page. Keys are requested URL-encoded, because XML
 * cannot express every key, and yielded decoded.
 */
export async function* eachMultipartUpload(
  context: RetryContext,
  parameters: Omit<ListMultipartUploadsParameters, "EncodingType" | "Delimiter">,
): AsyncGenerator<MultipartUploadInfo, void, undefined> {
  let { KeyMarker = "", UploadIdMarker = "" } = parameters;
  for (;;) {
    const markers = { KeyMarker, UploadIdMarker };
    const page = await listMultipartUploads(context, { ...parameters, EncodingType: "url", ...markers });
    const decode = page.EncodingType === "url" ? percentDecode : (text: string): string => text;
    for (const item of page.Upload) yield { ...item, Key: decode(item.Key) };
    const nextKey = decode(page.NextKeyMarker ?? "");
    const nextUpload = page.NextUploadIdMarker ?? "";
    // A page that does not advance would list the same uploads for ever.
    if (!page.IsTruncated || (nextKey === KeyMarker && nextUpload === UploadIdMarker) || nextKey === "")
      return;
    KeyMarker = nextKey;
    UploadIdMarker = nextUpload;
  }
}
