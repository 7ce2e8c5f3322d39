import { CosErrorResponse } from "../errors.ts";
import type { ObjectRecord } from "../store/records.ts";

/** Result of the conditional headers of a request. A third result, 412, is thrown. */
export type Verdict = "proceed" | "not modified";

/**
 * Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since. An ETag condition takes precedence over
 * the time condition of its pair. With a prefix, evaluates the headers for the source of a copy.
 */
export function checkConditions(
  record: ObjectRecord,
  headers: ReadonlyMap<string, string>,
  prefix = "",
): Verdict {
  const match = headers.get(`${prefix}if-match`);
  const unmodifiedSince = headers.get(`${prefix}if-unmodified-since`);
  const noneMatch = headers.get(`${prefix}if-none-match`);
  const modifiedSince = headers.get(`${prefix}if-modified-since`);

  if (match !== undefined) {
    if (!matches(match, record.etag)) throw preconditionFailed();
  } else if (unmodifiedSince !== undefined && modifiedAfter(record, unmodifiedSince)) {
    throw preconditionFailed();
  }
  if (noneMatch !== undefined) return matches(noneMatch, record.etag) ? "not modified" : "proceed";
  const unmodified = modifiedSince !== undefined && modifiedAfter(record, modifiedSince) === false;
  return unmodified ? "not modified" : "proceed";
}

export function preconditionFailed(): CosErrorResponse {
  return new CosErrorResponse(
    "PreconditionFailed",
    "At least one of the preconditions you specified did not hold.",
  );
}

function matches(list: string, etag: string): boolean {
  return list.split(",").some((item) => {
    const tag = item.trim().replace(/^W\//, "").replaceAll('"', "");
    return tag === "*" || tag === etag;
  });
}

/** Undefined if the date cannot be read: such a header is ignored. */
function modifiedAfter(record: ObjectRecord, date: string): boolean | undefined {
  const limit = Date.parse(date);
  // HTTP dates have no fractions of a second.
  return Number.isNaN(limit) ? undefined : Math.floor(record.lastModified / 1000) > Math.floor(limit / 1000);
}
