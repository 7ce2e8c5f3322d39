import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { text, wholeNumber } from "../params/checks.ts";
import { BUCKET, ENCODING_TYPE, OBJECT, PAGE_SIZE, SIGNAL, UPLOAD_ID } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { percentDecode } from "../text/percent.ts";
import { booleanOf, elementsOf, numberOf, textOf, type XmlElement } from "../xml/read.ts";
import type { ObjectParameters } from "./objects.ts";
import { readResult } from "./read-result.ts";
import { type CosResult, resultOf } from "./result.ts";

/** The parameters of listMultipartUploads. */
export const LIST_MULTIPART_UPLOADS = {
  name: "listMultipartUploads",
  parameters: {
    Bucket: BUCKET,
    signal: SIGNAL,
    Prefix: { check: text, query: "prefix" },
    Delimiter: { check: text, query: "delimiter" },
    KeyMarker: { check: text, query: "key-marker" },
    UploadIdMarker: { check: text, query: "upload-id-marker" },
    MaxUploads: { check: PAGE_SIZE, query: "max-uploads" },
    EncodingType: ENCODING_TYPE,
  },
} as const satisfies Method;

/** The parameters of listParts. */
export const LIST_PARTS = {
  name: "listParts",
  parameters: {
    ...OBJECT,
    UploadId: UPLOAD_ID,
    MaxParts: { check: PAGE_SIZE, query: "max-parts" },
    PartNumberMarker: { check: wholeNumber(0, 10_000), query: "part-number-marker" },
    EncodingType: ENCODING_TYPE,
  },
} as const satisfies Method;

/** Somebody, as COS names them. */
export interface Principal {
  /** `qcs::cam::uin/…:uin/…`, or an APPID. */
  readonly ID: string;
  /** As COS shows it. */
  readonly DisplayName: string;
}

/** One part that COS holds. */
export interface Part {
  /** 1 to 10 000. */
  readonly PartNumber: number;
  /** With its quotes, as COS gives it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  /** When it was last written. */
  readonly LastModified: string;
}

/** What {@link CosClient.listParts} takes. */
export interface ListPartsParameters extends ObjectParameters {
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** Parts per page, 1 to 1000 (default). */
  readonly MaxParts?: number | string | undefined;
  /** List the parts after this one; 0 (default): from the first. */
  readonly PartNumberMarker?: number | string | undefined;
  /** `url`: keys in the response are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
}

/** One page of parts. */
export interface ListPartsResult extends CosResult {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** `url` when the keys in the response are percent-encoded. */
  readonly EncodingType: string | undefined;
  /** Parts that a page may have. */
  readonly MaxParts: number;
  /** Whether there is another page. */
  readonly IsTruncated: boolean;
  /** The page begins after this part. */
  readonly PartNumberMarker: number;
  /** Where the next page begins. */
  readonly NextPartNumberMarker: number | undefined;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** One part that COS holds. */
  readonly Part: readonly Part[];
  /** Who began the upload. */
  readonly Initiator: Principal;
  /** Who owns the bucket's objects. */
  readonly Owner: Principal;
}

/** List Parts, one page. COS document 436/7747. */
export async function listParts(
  context: RetryContext,
  parameters: ListPartsParameters,
): Promise<ListPartsResult> {
  const read = (response: CosResponse): XmlElement => readResult("listParts", response, "ListPartsResult");
  const response = await sendWithRetry(context, {
    operation: "listParts",
    method: "GET",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(LIST_PARTS.parameters, parameters),
    headers: {},
    idempotent: true,
    validateResponse: read,
    signal: parameters.signal,
  });
  const result = read(response);
  return {
    ...resultOf(response),
    Bucket: textOf(result, "Bucket") ?? parameters.Bucket,
    Key: textOf(result, "Key") ?? parameters.Key,
    UploadId: textOf(result, "UploadId") ?? parameters.UploadId,
    // COS spells it Encoding-type here and Encoding-Type in the list of uploads.
    EncodingType: textOf(result, "Encoding-type") ?? textOf(result, "Encoding-Type"),
    MaxParts: numberOf(result, "MaxParts") ?? 1000,
    IsTruncated: booleanOf(result, "IsTruncated"),
    PartNumberMarker: numberOf(result, "PartNumberMarker") ?? 0,
    NextPartNumberMarker: numberOf(result, "NextPartNumberMarker"),
    StorageClass: textOf(result, "StorageClass") ?? "STANDARD",
    Part: elementsOf(result, "Part").map((part) => ({
      PartNumber: numberOf(part, "PartNumber") ?? 0,
      ETag: textOf(part, "ETag") ?? "",
      Size: numberOf(part, "Size") ?? -1,
      LastModified: textOf(part, "LastModified") ?? "",
    })),
    Initiator: principal(result, "Initiator"),
    Owner: principal(result, "Owner"),
  };
}

/** One unfinished upload. */
export interface MultipartUploadInfo {
  /** The object's key. */
  readonly Key: string;
  /** Names the multipart upload. */
  readonly UploadId: string;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** ISO 8601. */
  readonly Initiated: string;
  /** Who began the upload. */
  readonly Initiator: Principal;
  /** Who owns the bucket's objects. */
  readonly Owner: Principal;
}

/** What {@link CosClient.listMultipartUploads} takes. */
export interface ListMultipartUploadsParameters {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** What the keys begin with. */
  readonly Prefix?: string | undefined;
  /** Keys that are alike up to it are one entry of `CommonPrefixes`. */
  readonly Delimiter?: string | undefined;
  /** The page begins after this key. */
  readonly KeyMarker?: string | undefined;
  /** Ignored by COS without KeyMarker. */
  readonly UploadIdMarker?: string | undefined;
  /** Uploads per page, 1 to 1000 (default). */
  readonly MaxUploads?: number | string | undefined;
  /** `url`: keys, prefixes and markers in the response are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
  /** Stops the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One page of unfinished uploads. */
export interface ListMultipartUploadsResult extends CosResult {
  /** BucketName-APPID. */
  readonly Bucket: string;
  /** What the keys begin with. */
  readonly Prefix: string;
  /** Keys that are alike up to it are one entry of `CommonPrefixes`. */
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
  const read = (response: CosResponse): XmlElement =>
    readResult("listMultipartUploads", response, "ListMultipartUploadsResult");
  const response = await sendWithRetry(context, {
    operation: "listMultipartUploads",
    method: "GET",
    Bucket: parameters.Bucket,
    Key: "",
    query: [["uploads", ""], ...queryOf(LIST_MULTIPART_UPLOADS.parameters, parameters)],
    headers: {},
    idempotent: true,
    validateResponse: read,
    signal: parameters.signal,
  });
  const result = read(response);
  return {
    ...resultOf(response),
    Bucket: textOf(result, "Bucket") ?? parameters.Bucket,
    Prefix: textOf(result, "Prefix") ?? "",
    Delimiter: textOf(result, "Delimiter") ?? "",
    KeyMarker: textOf(result, "KeyMarker") ?? "",
    UploadIdMarker: textOf(result, "UploadIdMarker") ?? "",
    NextKeyMarker: textOf(result, "NextKeyMarker"),
    NextUploadIdMarker: textOf(result, "NextUploadIdMarker"),
    MaxUploads: numberOf(result, "MaxUploads") ?? 1000,
    IsTruncated: booleanOf(result, "IsTruncated"),
    EncodingType: textOf(result, "Encoding-Type") ?? textOf(result, "Encoding-type"),
    Upload: elementsOf(result, "Upload").map(uploadInfo),
    CommonPrefixes: elementsOf(result, "CommonPrefixes").map((item) => ({
      Prefix: textOf(item, "Prefix") ?? "",
    })),
  };
}

/** Every part of an upload after the marker, page by page. */
export async function* eachPart(
  context: RetryContext,
  parameters: Omit<ListPartsParameters, "EncodingType">,
): AsyncGenerator<Part, void, undefined> {
  let marker = Number(parameters.PartNumberMarker ?? 0);
  for (;;) {
    const page = await listParts(context, { ...parameters, PartNumberMarker: marker });
    yield* page.Part;
    const next = page.NextPartNumberMarker ?? page.Part.at(-1)?.PartNumber ?? 0;
    // A page that does not advance would list the same parts for ever.
    if (!page.IsTruncated || next <= marker) return;
    marker = next;
  }
}

/**
 * Every unfinished upload below a prefix and after the markers, page by page. Keys are asked for url-encoded and yielded
 * decoded.
 */
export async function* eachMultipartUpload(
  context: RetryContext,
  parameters: Omit<ListMultipartUploadsParameters, "EncodingType" | "Delimiter">,
): AsyncGenerator<MultipartUploadInfo, void, undefined> {
  let { KeyMarker = "", UploadIdMarker = "" } = parameters;
  for (;;) {
    const page = await listMultipartUploads(context, {
      ...parameters,
      EncodingType: "url",
      KeyMarker,
      UploadIdMarker,
    });
    const decode = page.EncodingType === "url" ? percentDecode : (text: string): string => text;
    for (const item of page.Upload) yield { ...item, Key: decode(item.Key) };
    const nextKey = decode(page.NextKeyMarker ?? "");
    const nextUpload = page.NextUploadIdMarker ?? "";
    if (!page.IsTruncated || (nextKey === KeyMarker && nextUpload === UploadIdMarker) || nextKey === "")
      return;
    KeyMarker = nextKey;
    UploadIdMarker = nextUpload;
  }
}

function uploadInfo(item: XmlElement): MultipartUploadInfo {
  return {
    Key: textOf(item, "Key") ?? "",
    UploadId: textOf(item, "UploadId") ?? textOf(item, "UploadID") ?? "",
    StorageClass: textOf(item, "StorageClass") ?? "STANDARD",
    Initiated: textOf(item, "Initiated") ?? "",
    Initiator: principal(item, "Initiator"),
    Owner: principal(item, "Owner"),
  };
}

function principal(parent: XmlElement, name: string): Principal {
  const element = elementsOf(parent, name)[0] ?? {};
  return { ID: textOf(element, "ID") ?? "", DisplayName: textOf(element, "DisplayName") ?? "" };
}
