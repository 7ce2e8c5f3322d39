import type { CosResponse } from "../http/request-spec.ts";

/** What the result of every method has of the response. */
export interface CosResult {
  /** `x-cos-request-id`, which Tencent's support asks for. */
  readonly requestId: string | undefined;
  /** `x-cos-version-id`, in buckets with versioning. */
  readonly versionId: string | undefined;
  /** All response headers by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export function cosResultOf({ headers }: CosResponse): CosResult {
  const record: Record<string, string> = {};
  headers.forEach((value, name) => {
    record[name.toLowerCase()] = value;
  });
  return {
    requestId: headers.get("x-cos-request-id") ?? undefined,
    versionId: headers.get("x-cos-version-id") ?? undefined,
    headers: record,
  };
}
