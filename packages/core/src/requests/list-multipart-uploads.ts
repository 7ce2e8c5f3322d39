import type { RetryContext } from "../http/retry.ts";
import { text } from "../params/checks.ts";
import { PAGE_SIZE } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { percentDecode } from "../text/percent.ts";
import { elementsOf, numberOf, textOf, type XmlElement } from "../xml/document.ts";
import { cosResultOf } from "./cos-result.ts";
import { LIST, type ListPage, type ListParameters, readPage } from "./list-page.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listMultipartUploads. */
export const LIST_MULTIPART_UPLOADS = {
  name: "listMultipartUploads",
  parameters: {
    ...LIST,
    KeyMarker: { check: text, query: "key-marker" },
    UploadIdMarker: { check: text, query: "upload-id-marker" },
    MaxUploads: { check: PAGE_SIZE, query: "max-uploads" },
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.listMultipartUploads}. */
export interface ListMultipartUploadsParameters extends ListParameters {
  /** The page begins after this key. */
  readonly KeyMarker?: string | undefined;
  /** The page begins after this upload of `KeyMarker`; COS ignores it without `KeyMarker`. */
  readonly UploadIdMarker?: string | undefined;
  /** Uploads per page, 1 to 1000 (default). */
  readonly MaxUploads?: number | string | undefined;
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
export interface ListMultipartUploadsResult extends ListPage {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
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
  /** The uploads, by key. */
  readonly Upload: readonly MultipartUploadInfo[];
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
    ...readPage(document),
    Bucket: textOf(document, "Bucket") ?? parameters.Bucket,
    KeyMarker: textOf(document, "KeyMarker") ?? "",
    UploadIdMarker: textOf(document, "UploadIdMarker") ?? "",
    NextKeyMarker: textOf(document, "NextKeyMarker"),
    NextUploadIdMarker: textOf(document, "NextUploadIdMarker"),
    MaxUploads: numberOf(document, "MaxUploads") ?? 1000,
    Upload: elementsOf(document, "Upload").map(readUpload),
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
