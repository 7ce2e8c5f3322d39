import { exchange } from "../http/exchange.ts";
import { queryOf } from "../params/table.ts";
import { TABLES } from "../params/tables.ts";
import { percentDecode } from "../text/percent.ts";
import { booleanOf, elementsOf, numberOf, textOf, type XmlElement } from "../xml/read.ts";
import type { ClientContext } from "./context.ts";
import type { ObjectParameters } from "./objects.ts";
import { readResult } from "./read-result.ts";
import { type CosResult, resultOf } from "./result.ts";

/** Somebody, as COS names them. */
export interface Principal {
  readonly ID: string;
  readonly DisplayName: string;
}

export interface Part {
  readonly PartNumber: number;
  /** With its quotes, as COS gives it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  readonly LastModified: string;
}

export interface ListPartsParameters extends ObjectParameters {
  readonly UploadId: string;
  /** Parts per page, 1 to 1000 (default). */
  readonly MaxParts?: number | string | undefined;
  /** List the parts after this one; 0 (default): from the first. */
  readonly PartNumberMarker?: number | string | undefined;
  /** `url`: keys in the answer are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
}

export interface ListPartsResult extends CosResult {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly EncodingType: string | undefined;
  readonly MaxParts: number;
  readonly IsTruncated: boolean;
  readonly PartNumberMarker: number;
  readonly NextPartNumberMarker: number | undefined;
  readonly StorageClass: string;
  readonly Part: readonly Part[];
  readonly Initiator: Principal;
  readonly Owner: Principal;
}

/** List Parts, one page. COS document 436/7747. */
export async function listParts(
  context: ClientContext,
  parameters: ListPartsParameters,
): Promise<ListPartsResult> {
  const answer = await exchange(context, {
    operation: "listParts",
    method: "GET",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(TABLES.listParts, parameters),
    headers: {},
    idempotent: true,
    signal: parameters.signal,
  });
  const result = readResult("listParts", answer, "ListPartsResult");
  return {
    ...resultOf(answer),
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

export interface MultipartUploadInfo {
  readonly Key: string;
  readonly UploadId: string;
  readonly StorageClass: string;
  /** ISO 8601. */
  readonly Initiated: string;
  readonly Initiator: Principal;
  readonly Owner: Principal;
}

export interface ListMultipartUploadsParameters {
  readonly Bucket: string;
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly KeyMarker?: string | undefined;
  /** Ignored by COS without KeyMarker. */
  readonly UploadIdMarker?: string | undefined;
  /** Uploads per page, 1 to 1000 (default). */
  readonly MaxUploads?: number | string | undefined;
  /** `url`: keys, prefixes and markers in the answer are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ListMultipartUploadsResult extends CosResult {
  readonly Bucket: string;
  readonly Prefix: string;
  readonly Delimiter: string;
  readonly KeyMarker: string;
  readonly UploadIdMarker: string;
  readonly NextKeyMarker: string | undefined;
  readonly NextUploadIdMarker: string | undefined;
  readonly MaxUploads: number;
  readonly IsTruncated: boolean;
  readonly EncodingType: string | undefined;
  readonly Upload: readonly MultipartUploadInfo[];
  readonly CommonPrefixes: readonly { readonly Prefix: string }[];
}

/** List Multipart Uploads, one page. COS document 436/7736. */
export async function listMultipartUploads(
  context: ClientContext,
  parameters: ListMultipartUploadsParameters,
): Promise<ListMultipartUploadsResult> {
  const answer = await exchange(context, {
    operation: "listMultipartUploads",
    method: "GET",
    Bucket: parameters.Bucket,
    Key: "",
    query: [["uploads", ""], ...queryOf(TABLES.listMultipartUploads, parameters)],
    headers: {},
    idempotent: true,
    signal: parameters.signal,
  });
  const result = readResult("listMultipartUploads", answer, "ListMultipartUploadsResult");
  return {
    ...resultOf(answer),
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

/** Every part of an upload, page by page. */
export async function* eachPart(
  context: ClientContext,
  parameters: Omit<ListPartsParameters, "PartNumberMarker" | "EncodingType">,
): AsyncGenerator<Part, void, undefined> {
  let marker = 0;
  for (;;) {
    const page = await listParts(context, { ...parameters, PartNumberMarker: marker });
    yield* page.Part;
    const next = page.NextPartNumberMarker ?? page.Part.at(-1)?.PartNumber ?? 0;
    // A page that does not advance would list the same parts for ever.
    if (!page.IsTruncated || next <= marker) return;
    marker = next;
  }
}

/** Every unfinished upload below a prefix, page by page. Keys are asked for url-encoded and yielded decoded. */
export async function* eachMultipartUpload(
  context: ClientContext,
  parameters: Omit<
    ListMultipartUploadsParameters,
    "KeyMarker" | "UploadIdMarker" | "EncodingType" | "Delimiter"
  >,
): AsyncGenerator<MultipartUploadInfo, void, undefined> {
  let KeyMarker = "";
  let UploadIdMarker = "";
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
