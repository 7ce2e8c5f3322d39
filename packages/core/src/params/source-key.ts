import { customerKeyHeaders } from "./object-headers.ts";

type Headers = Readonly<Record<string, string>>;

/** How a copy names the SSE-C key that its source is encrypted with. */
const SOURCE_KEY = "x-cos-copy-source-server-side-encryption-customer-";
/** How a request for the source itself names it. */
const KEY = "x-cos-server-side-encryption-customer-";

/** For looking at the source of a copy: its key under the usual names. */
export function sourceHeaders(copy: Headers): Record<string, string> {
  const key = Object.entries(copy).filter(([name]) => name.startsWith(SOURCE_KEY));
  return Object.fromEntries(key.map(([name, value]) => [KEY + name.slice(SOURCE_KEY.length), value]));
}

/** For beginning a copy in parts: all but the source's key, which is none of the new object's. */
export function initialHeaders(copy: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(copy).filter(([name]) => !name.startsWith(SOURCE_KEY)));
}

/** For each part of a copy: it is read with the source's key and written with the new object's. */
export function copiedPartHeaders(copy: Headers): Record<string, string> {
  const sourceKey = Object.entries(copy).filter(([name]) => name.startsWith(SOURCE_KEY));
  return { ...customerKeyHeaders(copy), ...Object.fromEntries(sourceKey) };
}
