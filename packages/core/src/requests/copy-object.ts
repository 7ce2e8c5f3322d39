import type { CosError } from "../errors.ts";
import type { RetryContext } from "../http/retry.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { sendForDocument } from "./send-for-document.ts";
import { requireEtagElement } from "./validate-response.ts";

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

/** COS copies before it responds, and sends white space meanwhile: up to 5 GB take minutes. */
export const COPY_TIMEOUT_MS = 10 * 60_000;

/**
 * PUT Object - Copy: one request for up to 5 GB.
 * @param headers the object's, the source's name and conditions
 * @param onRetry called before each retry, with the failure that caused it
 */
export async function copyWholeObject(
  context: RetryContext,
  { Bucket, Key, signal }: ObjectParameters,
  headers: Readonly<Record<string, string>>,
  onRetry: (failure: CosError) => void,
): Promise<void> {
  const operation = "copyObject";
  await sendForDocument(
    context,
    "CopyObjectResult",
    {
      operation,
      method: "PUT",
      Bucket,
      Key,
      query: [],
      headers,
      body: new Uint8Array(0),
      idempotent: true,
      onRetry,
      responseTimeoutMs: COPY_TIMEOUT_MS,
      signal,
    },
    requireEtagElement(operation),
  );
}
