import type { ByteSource, RequestedUpload, UploadPlan } from "@cosup/core/runtime";

/**
 * Bytes of a part by default. Every part has a URL of its own, for which a browser sends a preflight request first: parts
 * of COS's 1 MB would double the requests.
 */
export const PREFERRED_PART = 8 * 1024 ** 2;

/** Parts at once by default. A browser opens six connections to a host; two are left for the page. */
export const REQUESTS = 4;

/** Part size and concurrency, the caller's first. */
export function planUpload(source: ByteSource, { partSize, concurrency }: RequestedUpload): UploadPlan {
  return { source, partSize: partSize ?? PREFERRED_PART, concurrency: concurrency ?? REQUESTS };
}
