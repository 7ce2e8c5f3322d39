import type { CosError } from "../errors.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import type { BodyFollower } from "../http/sending.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { requireHeader } from "./validate-response.ts";

/** The result of {@link CosClient.appendObject}. */
export interface AppendObjectResult extends CosResult {
  /** As COS returns it. It changes with each append, and is never the MD5 of the whole object. */
  readonly ETag: string;
  /** `x-cos-next-append-position`: the object's length now. */
  readonly nextAppendPosition: number;
}

/** What one append sends. */
export interface AppendRequest extends ObjectParameters {
  /** Bytes the object has before. */
  readonly position: number;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Called before each retry, with the failure that caused it. */
  readonly onRetry: (failure: CosError) => void;
  readonly follower?: BodyFollower | undefined;
}

/** APPEND Object of bytes in memory. Not retried after a lost response: COS may have appended. COS document 436/7741. */
export async function appendBytes(
  context: RetryContext,
  request: AppendRequest,
): Promise<AppendObjectResult> {
  const response = await sendWithRetry(context, {
    operation: "appendObject",
    method: "POST",
    Bucket: request.Bucket,
    Key: request.Key,
    query: [
      ["append", ""],
      ["position", String(request.position)],
    ],
    headers: request.headers,
    body: request.body,
    idempotent: false,
    validateResponse: requireHeader("appendObject", "x-cos-next-append-position"),
    onRetry: request.onRetry,
    signal: request.signal,
    follower: request.follower,
  });
  return {
    ...cosResultOf(response),
    ETag: response.headers.get("etag") ?? "",
    nextAppendPosition: Number(response.headers.get("x-cos-next-append-position")),
  };
}
