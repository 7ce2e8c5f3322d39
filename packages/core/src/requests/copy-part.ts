import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import {
  type CopySource,
  checkCopySource,
  checkCopySourceRange,
  copySourceHeader,
} from "../params/copy-source.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import {
  COPY_CONDITIONS,
  OBJECT,
  PART_NUMBER,
  TRAFFIC_LIMIT,
  UPLOAD_ID,
} from "../params/shared-parameters.ts";
import { headersOf, type Method, queryOf } from "../params/table.ts";
import { textOf, type XmlElement } from "../xml/read.ts";
import type { UploadPartParameters } from "./multipart.ts";
import { readResult, unexpected } from "./read-result.ts";
import { type CosResult, crc64Of, header, resultOf } from "./result.ts";

/** The parameters of uploadPartCopy. */
export const UPLOAD_PART_COPY = {
  name: "uploadPartCopy",
  parameters: {
    ...OBJECT,
    PartNumber: PART_NUMBER,
    UploadId: UPLOAD_ID,
    CopySource: { check: checkCopySource, required: true },
    CopySourceRange: { check: checkCopySourceRange, header: "x-cos-copy-source-range" },
    ...COPY_CONDITIONS,
    TrafficLimit: TRAFFIC_LIMIT,
    headers: OBJECT_HEADERS.headers,
  },
} as const satisfies Method;

/** What the source must be like for the copy to happen (412 otherwise). */
export interface CopyConditions {
  /** An ETag the source must have. */
  readonly CopySourceIfMatch?: string | undefined;
  /** An ETag the source must not have. */
  readonly CopySourceIfNoneMatch?: string | undefined;
  /** The source must have changed since. */
  readonly CopySourceIfModifiedSince?: string | undefined;
  /** The source must not have changed since. */
  readonly CopySourceIfUnmodifiedSince?: string | undefined;
}

/** What {@link CosClient.uploadPartCopy} takes. */
export interface UploadPartCopyParameters extends UploadPartParameters, CopyConditions {
  /** What to copy from. */
  readonly CopySource: CopySource;
  /** `bytes=first-last`; the whole source by default. */
  readonly CopySourceRange?: string | undefined;
  /** bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What {@link CosClient.uploadPartCopy} gives. */
export interface UploadPartCopyResult extends CosResult {
  /** With its quotes, as COS gives it. */
  readonly ETag: string;
  /** When it was last written. */
  readonly LastModified: string;
  /** `x-cos-copy-source-version-id`. */
  readonly copySourceVersionId: string | undefined;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** COS copies before it responds, sending white space meanwhile: up to 5 GB take minutes. */
export const COPY_TIMEOUT_MS = 10 * 60_000;

/** Upload Part - Copy. COS document 436/8287. */
export async function uploadPartCopy(
  context: RetryContext,
  parameters: UploadPartCopyParameters,
): Promise<UploadPartCopyResult> {
  const read = (response: CosResponse): { result: XmlElement; ETag: string } => {
    const result = readResult("uploadPartCopy", response, "CopyPartResult");
    const ETag = textOf(result, "ETag");
    if (!ETag) throw unexpected("uploadPartCopy", response, "no ETag");
    return { result, ETag };
  };
  const response = await sendWithRetry(context, {
    operation: "uploadPartCopy",
    method: "PUT",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(UPLOAD_PART_COPY.parameters, parameters),
    headers: mergeCallerHeaders(
      {
        "x-cos-copy-source": copySourceHeader(parameters.CopySource),
        ...headersOf(UPLOAD_PART_COPY.parameters, parameters),
      },
      parameters.headers,
    ),
    body: new Uint8Array(0),
    idempotent: true,
    validateResponse: read,
    responseTimeoutMs: COPY_TIMEOUT_MS,
    signal: parameters.signal,
  });
  const { result, ETag } = read(response);
  const crc64 = crc64Of(response.headers);
  return {
    ...resultOf(response),
    ETag,
    LastModified: textOf(result, "LastModified") ?? "",
    copySourceVersionId: header(response.headers, "x-cos-copy-source-version-id"),
    crc64: crc64 === undefined ? textOf(result, "CRC64") : String(crc64),
  };
}
