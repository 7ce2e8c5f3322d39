import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import { OBJECT, UPLOAD_ID } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { requireNoContent } from "./validate-response.ts";

/** The parameter table of abortMultipartUpload. */
export const ABORT_MULTIPART_UPLOAD = {
  name: "abortMultipartUpload",
  parameters: { ...OBJECT, UploadId: UPLOAD_ID, headers: OBJECT_HEADERS.headers },
} as const satisfies Method;

/** The parameters of {@link CosClient.abortMultipartUpload}. */
export interface AbortMultipartUploadParameters extends ObjectParameters {
  /** The id of the multipart upload. */
  readonly UploadId: string;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Abort Multipart Upload: its parts are deleted. COS document 436/7740. */
export async function abortMultipartUpload(
  context: RetryContext,
  parameters: AbortMultipartUploadParameters,
): Promise<void> {
  await sendWithRetry(context, {
    operation: "abortMultipartUpload",
    method: "DELETE",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(ABORT_MULTIPART_UPLOAD.parameters, parameters),
    headers: mergeCallerHeaders({}, parameters.headers),
    idempotent: true,
    validateResponse: requireNoContent("abortMultipartUpload"),
    signal: parameters.signal,
  });
}
