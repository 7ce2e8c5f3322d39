import type { RetryContext } from "../http/retry.ts";
import { wholeNumber } from "../params/checks.ts";
import { MAX_PARTS } from "../params/limits.ts";
import { ENCODING_TYPE, OBJECT, PAGE_SIZE, UPLOAD_ID } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { booleanOf, elementsOf, numberOf, textOf } from "../xml/document.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { readEncodingType } from "./list-page.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { type Principal, readPrincipal } from "./principal.ts";
import { getDocument } from "./send-for-document.ts";

/** The parameter table of listParts. */
export const LIST_PARTS = {
  name: "listParts",
  parameters: {
    ...OBJECT,
    UploadId: UPLOAD_ID,
    MaxParts: { check: PAGE_SIZE, query: "max-parts" },
    PartNumberMarker: { check: wholeNumber(0, MAX_PARTS), query: "part-number-marker" },
    EncodingType: ENCODING_TYPE,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.listParts}. */
export interface ListPartsParameters extends ObjectParameters {
  /** The id of the multipart upload. */
  readonly UploadId: string;
  /** Parts per page, 1 to 1000 (default). */
  readonly MaxParts?: number | string | undefined;
  /** List the parts after this one, 0 to 10 000; 0 (default): from the first. */
  readonly PartNumberMarker?: number | string | undefined;
  /** `url`: keys in the response are percent-encoded. */
  readonly EncodingType?: "" | "url" | undefined;
}

/** One part that COS holds. */
export interface Part {
  /** 1 to 10 000. */
  readonly PartNumber: number;
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** Bytes. */
  readonly Size: number;
  /** When it was last written. */
  readonly LastModified: string;
}

/** One page of parts. */
export interface ListPartsResult extends CosResult {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** The id of the multipart upload. */
  readonly UploadId: string;
  /** `url` when the keys in the response are percent-encoded. */
  readonly EncodingType: string | undefined;
  /** Parts that a page may have. */
  readonly MaxParts: number;
  /** Whether there is another page. */
  readonly IsTruncated: boolean;
  /** The page begins after this part. */
  readonly PartNumberMarker: number;
  /** The `PartNumberMarker` of the next page. */
  readonly NextPartNumberMarker: number | undefined;
  /** The storage class, `STANDARD` for one. */
  readonly StorageClass: string;
  /** The parts, by number. */
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
  const { response, document } = await getDocument(context, "ListPartsResult", {
    operation: "listParts",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(LIST_PARTS.parameters, parameters),
    signal: parameters.signal,
  });
  return {
    ...cosResultOf(response),
    Bucket: textOf(document, "Bucket") ?? parameters.Bucket,
    Key: textOf(document, "Key") ?? parameters.Key,
    UploadId: textOf(document, "UploadId") ?? parameters.UploadId,
    EncodingType: readEncodingType(document),
    MaxParts: numberOf(document, "MaxParts") ?? 1000,
    IsTruncated: booleanOf(document, "IsTruncated"),
    PartNumberMarker: numberOf(document, "PartNumberMarker") ?? 0,
    NextPartNumberMarker: numberOf(document, "NextPartNumberMarker"),
    StorageClass: textOf(document, "StorageClass") ?? "STANDARD",
    Part: elementsOf(document, "Part").map((part) => ({
      PartNumber: numberOf(part, "PartNumber") ?? 0,
      ETag: textOf(part, "ETag") ?? "",
      Size: numberOf(part, "Size") ?? -1,
      LastModified: textOf(part, "LastModified") ?? "",
    })),
    Initiator: readPrincipal(document, "Initiator"),
    Owner: readPrincipal(document, "Owner"),
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
