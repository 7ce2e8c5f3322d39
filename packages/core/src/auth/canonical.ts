import { percentEncode } from "../text/percent.ts";

/** Names and values, in any order; a name may repeat. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** A canonical list: `names` joined with `;`, `text` as `name=value` joined with `&`. */
export interface CanonicalList {
  readonly names: string;
  readonly text: string;
}

const EMPTY: CanonicalList = { names: "", text: "" };

/**
 * Names are encoded first and lower-cased after (so escapes in names become `%e4`), values keep upper-case hex;
 * sorted by the encoded name in byte order. COS document 436/7778.
 */
export function canonicalList(pairs: Pairs): CanonicalList {
  if (pairs.length === 0) return EMPTY;
  const encoded = pairs
    .map(([name, value]) => [percentEncode(name).toLowerCase(), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    names: encoded.map(([name]) => name).join(";"),
    text: encoded.map(([name, value]) => `${name}=${value}`).join("&"),
  };
}

/** `pathname` is decoded: `/` and the raw key. */
export function httpString(
  method: string,
  pathname: string,
  query: CanonicalList,
  headers: CanonicalList,
): string {
  return `${method.toLowerCase()}\n${pathname}\n${query.text}\n${headers.text}\n`;
}
