import type { CosResponse } from "../http/request-spec.ts";
import type { WireResponse } from "../runtime/wire.ts";

/** What every response carries. */
export interface CosResult {
  /** `x-cos-request-id`: Tencent asks for it when something is wrong. */
  readonly requestId: string | undefined;
  /** `x-cos-version-id`, in buckets with versioning. */
  readonly versionId: string | undefined;
  /** All response headers by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export function resultOf(response: CosResponse): CosResult {
  return {
    requestId: header(response.headers, "x-cos-request-id"),
    versionId: header(response.headers, "x-cos-version-id"),
    headers: headerRecord(response.headers),
  };
}

export function header(headers: WireResponse["headers"], name: string): string | undefined {
  return headers.get(name) ?? undefined;
}

/** `x-cos-hash-crc64ecma` as a number; undefined when it is absent or not one. */
export function crc64Of(headers: WireResponse["headers"]): bigint | undefined {
  const text = headers.get("x-cos-hash-crc64ecma");
  return text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** An ETag without its quotes, as COS writes them in some responses and not in others. */
export function unquote(etag: string): string {
  return etag.length > 1 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}

function headerRecord(headers: WireResponse["headers"]): Record<string, string> {
  const record: Record<string, string> = {};
  headers.forEach((value, name) => {
    record[name.toLowerCase()] = value;
  });
  return record;
}
