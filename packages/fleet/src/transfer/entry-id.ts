import { createHash } from "node:crypto";
import type { ManifestEntry } from "../manifest/entry.ts";
import { nameOf } from "../sources/source-errors.ts";

/**
 * 64 bits that stand for what an entry says, as 16 hex digits. Without the query of a URL: a presigned one is another one
 * in each manifest.
 */
export function entryId({ source, key, size, contentType, headers = {} }: ManifestEntry): string {
  const sorted = Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify([nameOf(source), key, size ?? null, contentType ?? null, sorted]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
