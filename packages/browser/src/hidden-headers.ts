import type { WireRequest, WireResponse } from "@cosup/core/runtime";

/** Refusals of a HEAD that say something about the object. */
const ABOUT_OBJECT: ReadonlySet<number> = new Set([403, 404, 412]);

/**
 * Whether a response lacks headers that COS always sends with it: the browser hides them from this page, or COS has not
 * sent the response at all. Without them, a success cannot be verified, and the refusal of a HEAD, which has no document,
 * says nothing. A refusal of any other method has a document.
 */
export function hidesHeaders(
  { method, url, headers: sent }: Pick<WireRequest, "method" | "url" | "headers">,
  { status, headers }: Pick<WireResponse, "status" | "headers">,
): boolean {
  const has = (name: string): boolean => headers.get(name) !== null;
  const fromCos = has("x-cos-request-id") || has("etag");
  if (status < 200 || status >= 300) return method === "HEAD" && ABOUT_OBJECT.has(status) && !fromCos;
  if (!fromCos) return true;
  const { search, searchParams: query } = new URL(url);
  if (method === "POST" && query.has("append")) return !has("x-cos-next-append-position");
  // The ETag of a copy is in its document. Configurations, such as ?tagging, have none.
  const storesBytes = method === "PUT" && (search === "" || query.has("partNumber"));
  if (storesBytes && sent["x-cos-copy-source"] === undefined) return !has("etag");
  // Objects have the time of their last change, which is never hidden; buckets have none.
  return method === "HEAD" && has("last-modified") && !has("etag");
}
