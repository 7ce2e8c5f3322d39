import { CosErrorResponse } from "../errors.ts";
import { percentEncode } from "./percent.ts";
import type { Query } from "./query.ts";

const MAX_PAGE = 1000;

/** Reads max-keys, max-uploads or max-parts: 1 to 1000, default 1000. */
export function pageSize(query: Query, name: string, minimum = 1): number {
  const text = query.get(name);
  if (text === undefined) return MAX_PAGE;
  const size = Number(text);
  if (!/^\d{1,9}$/.test(text) || size < minimum) {
    throw new CosErrorResponse("InvalidArgument", `The ${name} you specified is not valid.`);
  }
  return Math.min(size, MAX_PAGE);
}

/** How a listing writes keys: `encoding-type=url` escapes them, because XML cannot contain every character. */
export function listingEncoder(query: Query): {
  encodingType: string | undefined;
  encode: (key: string) => string;
} {
  const encodingType = query.get("encoding-type");
  if (encodingType !== undefined && encodingType !== "url") {
    throw new CosErrorResponse("InvalidArgument", "The encoding-type must be url.");
  }
  return { encodingType, encode: encodingType === "url" ? percentEncode : (key) => key };
}

/** A prefix up to and including the first delimiter after `prefix`, if the key has one. */
export function commonPrefix(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  if (!delimiter) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** Whether `a` comes after `b` in COS's order, that of UTF-8 bytes. */
export function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}
