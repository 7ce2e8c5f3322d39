import type { CosError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { toBase64 } from "../text/base64.ts";
import { unexpected } from "./read-result.ts";
import { type CosResult, crc64Of, resultOf, unquote } from "./result.ts";

/** What COS says of the object that one PUT stored. */
interface PutResponse extends Pick<CosResult, "requestId" | "versionId" | "headers"> {
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: bigint | undefined;
  /** PUT Object returns no URL. */
  readonly location: undefined;
}

/** One PUT Object of bytes in memory. COS document 436/7749. */
export async function putBytes(
  context: RetryContext,
  object: { readonly Bucket: string; readonly Key: string },
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  md5: Uint8Array | undefined,
  signal: AbortSignal | undefined,
  onRetry: (failure: CosError) => void,
): Promise<PutResponse> {
  const etagOf = (response: CosResponse): string => {
    const etag = response.headers.get("etag");
    if (etag === null) throw unexpected("putObject", response, "no ETag");
    return etag;
  };
  const response = await sendWithRetry(context, {
    operation: "putObject",
    method: "PUT",
    Bucket: object.Bucket,
    Key: object.Key,
    query: [],
    headers: md5 === undefined ? headers : { "content-md5": toBase64(md5), ...headers },
    body,
    idempotent: true,
    validateResponse: etagOf,
    onRetry,
    signal,
  });
  const { requestId, versionId, headers: all } = resultOf(response);
  return {
    etag: unquote(etagOf(response)),
    crc64: crc64Of(response.headers),
    location: undefined,
    versionId,
    requestId,
    headers: all,
  };
}
