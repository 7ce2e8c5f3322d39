import { isAbsolute, join } from "node:path";
import { Refusal } from "./manifest-error.ts";

const FIELD = "source";
const ACCEPTED = "a path, an http:// or https:// URL, or cos://bucket/key";
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;
const COS = /^cos:\/\/((?=[^/]{1,63}\/)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-\d+)\/(.+)$/s;

/** A source of COS: its bucket and key. */
export interface CosSource {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `cos://bucket/key`; undefined for a source of another kind. */
export function cosSourceOf(source: string): CosSource | undefined {
  const [, bucket, key] = COS.exec(source) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** Whether a source is an `http://` or `https://` URL. */
export function isHttpSource(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Checks the `source` of an entry.
 * @param root the folder of relative paths
 * @returns the source, with an absolute path
 */
export function checkSource(value: unknown, root: string | undefined): string {
  if (value === undefined) throw new Refusal("missing-field", `is missing: ${ACCEPTED}`, FIELD);
  if (typeof value !== "string" || value === "" || value.includes("\0"))
    throw new Refusal("wrong-field", `must be ${ACCEPTED}`, FIELD);
  const scheme = SCHEME.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return checkPath(value, root);
  if (scheme === "http" || scheme === "https") checkUrl(value);
  else if (scheme !== "cos") throw new Refusal("wrong-field", `must be ${ACCEPTED}, not ${scheme}://`, FIELD);
  else if (cosSourceOf(value) === undefined)
    throw new Refusal("wrong-field", "must be cos://BucketName-APPID/key", FIELD);
  return value;
}

function checkPath(path: string, root: string | undefined): string {
  if (isAbsolute(path)) return path;
  if (root === undefined)
    throw new Refusal("wrong-field", "is a relative path: give root, the folder that it begins at", FIELD);
  return join(root, path);
}

function checkUrl(source: string): void {
  let url: URL;
  try {
    url = new URL(source);
  } catch {
    throw new Refusal("wrong-field", "is not a URL", FIELD);
  }
  if (url.username !== "" || url.password !== "")
    throw new Refusal("credentials", "the URL must not contain a user name or a password", FIELD);
  if (url.hash !== "")
    throw new Refusal("wrong-field", "the URL must not have a fragment (#…), which is never sent", FIELD);
}
