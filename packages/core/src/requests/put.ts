import type { CosError } from "../errors.ts";
import type { Answer } from "../http/call.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { toBase64 } from "../text/base64.ts";
import type { StoredObject } from "../upload/target.ts";
import { unexpected } from "./read-result.ts";
import { crc64Of, resultOf, unquote } from "./result.ts";

/** One PUT Object of bytes in memory. COS document 436/7749. */
export async function putBytes(
  context: RetryContext,
  object: { readonly Bucket: string; readonly Key: string },
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  md5: Uint8Array | undefined,
  signal: AbortSignal | undefined,
  onRetry: (failure: CosError) => void,
): Promise<StoredObject> {
  const etagOf = (answer: Answer): string => {
    const etag = answer.headers.get("etag");
    if (etag === null) throw unexpected("putObject", answer, "no ETag");
    return etag;
  };
  const answer = await sendWithRetry(context, {
    operation: "putObject",
    method: "PUT",
    Bucket: object.Bucket,
    Key: object.Key,
    query: [],
    headers: md5 === undefined ? headers : { "content-md5": toBase64(md5), ...headers },
    body,
    idempotent: true,
    inspect: etagOf,
    onRetry,
    signal,
  });
  const { requestId, versionId, headers: all } = resultOf(answer);
  return {
    etag: unquote(etagOf(answer)),
    crc64: crc64Of(answer.headers),
    location: undefined,
    versionId,
    requestId,
    headers: all,
  };
}
