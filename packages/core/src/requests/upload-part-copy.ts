import type { RetryContext } from "../http/retry.ts";
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
import { textOf } from "../xml/document.ts";
import { COPY_TIMEOUT_MS, type CopyConditions } from "./copy-object.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { crc64Header, decimal } from "./response-checksums.ts";
import { sendForDocument } from "./send-for-document.ts";
import type { UploadPartParameters } from "./upload-part.ts";
import { requireEtagElement } from "./validate-response.ts";

/** The parameter table of uploadPartCopy. */
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

/** The parameters of {@link CosClient.uploadPartCopy}. */
export interface UploadPartCopyParameters extends UploadPartParameters, CopyConditions {
  /** What to copy from. */
  readonly CopySource: CopySource;
  /** `bytes=first-last`; the whole source by default. */
  readonly CopySourceRange?: string | undefined;
  /** Limit in bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The result of {@link CosClient.uploadPartCopy}. */
export interface UploadPartCopyResult extends CosResult {
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** When it was last written. */
  readonly LastModified: string;
  /** `x-cos-copy-source-version-id`. */
  readonly copySourceVersionId: string | undefined;
  /** CRC64-ECMA as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** Upload Part - Copy. COS document 436/8287. */
export async function uploadPartCopy(
  context: RetryContext,
  parameters: UploadPartCopyParameters,
): Promise<UploadPartCopyResult> {
  const operation = "uploadPartCopy";
  const headers = {
    "x-cos-copy-source": copySourceHeader(parameters.CopySource),
    ...headersOf(UPLOAD_PART_COPY.parameters, parameters),
  };
  const { response, document } = await sendForDocument(
    context,
    "CopyPartResult",
    {
      operation,
      method: "PUT",
      Bucket: parameters.Bucket,
      Key: parameters.Key,
      query: queryOf(UPLOAD_PART_COPY.parameters, parameters),
      headers: mergeCallerHeaders(headers, parameters.headers),
      body: new Uint8Array(0),
      idempotent: true,
      responseTimeoutMs: COPY_TIMEOUT_MS,
      signal: parameters.signal,
    },
    requireEtagElement(operation),
  );
  return {
    ...cosResultOf(response),
    ETag: textOf(document, "ETag") ?? "",
    LastModified: textOf(document, "LastModified") ?? "",
    copySourceVersionId: response.headers.get("x-cos-copy-source-version-id") ?? undefined,
    crc64: decimal(crc64Header(response.headers)) ?? textOf(document, "CRC64"),
  };
}
