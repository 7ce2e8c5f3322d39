import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import type { BodyFollower, BodyToRead } from "../http/sending.ts";
import { unchecked } from "../params/checks.ts";
import { OBJECT_HEADERS } from "../params/object-headers.ts";
import { BODY, OBJECT, PART_NUMBER, UPLOAD_ID } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { toBase64 } from "../text/base64.ts";
import type { CosResult } from "./cos-result.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { crc64Header } from "./response-checksums.ts";
import { requireEtag } from "./validate-response.ts";

/** The parameter table of uploadPart. */
export const UPLOAD_PART = {
  name: "uploadPart",
  parameters: {
    ...OBJECT,
    PartNumber: PART_NUMBER,
    UploadId: UPLOAD_ID,
    Body: { check: unchecked, required: true },
    ...BODY,
    headers: OBJECT_HEADERS.headers,
  },
} as const satisfies Method;

/** Names one part of an upload. */
export interface UploadPartParameters extends ObjectParameters {
  /** 1 to 10 000. */
  readonly PartNumber: number | string;
  /** The id of the multipart upload. */
  readonly UploadId: string;
}

/** The result of {@link CosClient.uploadPart}. */
export interface UploadPartResult extends CosResult {
  /** With its quotes, as COS returns it. */
  readonly ETag: string;
  /** CRC64-ECMA of the part as unsigned decimal. */
  readonly crc64: string | undefined;
}

/** What one Upload Part sends. */
export interface PartContent {
  readonly body: Uint8Array | BodyToRead;
  /** The MD5 of `body`, for COS to check. */
  readonly md5: Uint8Array | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly follower?: BodyFollower | undefined;
}

/** A part as COS stored it. */
export interface UploadedPart {
  /** With its quotes. */
  readonly ETag: string;
  readonly crc64: bigint | undefined;
  readonly response: CosResponse;
}

/** Upload Part of bytes in memory, or of a part that is read while it is sent. COS document 436/7750. */
export async function uploadPartBytes(
  context: RetryContext,
  parameters: UploadPartParameters,
  { body, md5, headers, follower }: PartContent,
): Promise<UploadedPart> {
  const response = await sendWithRetry(context, {
    operation: "uploadPart",
    method: "PUT",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(UPLOAD_PART.parameters, parameters),
    headers: md5 === undefined ? headers : { "content-md5": toBase64(md5), ...headers },
    body,
    idempotent: true,
    validateResponse: requirePartEtag,
    signal: parameters.signal,
    follower,
  });
  return { ETag: requirePartEtag(response), crc64: crc64Header(response.headers), response };
}

function requirePartEtag(response: CosResponse): string {
  return requireEtag("uploadPart", response);
}
