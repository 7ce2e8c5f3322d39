import { posix } from "node:path";
import { mimes } from "mrmime";

/** The Content-Type of an object that is stored without one: by the suffix of its key. */
export function contentTypeOf(key: string): string {
  const suffix = posix.extname(key).slice(1).toLowerCase();
  const known = Object.hasOwn(mimes, suffix) ? mimes[suffix] : undefined;
  return known ?? "application/octet-stream";
}
