import { customerKeyHeaders } from "./object-headers.ts";

type Headers = Readonly<Record<string, string>>;

/** The headers of a copy that name the SSE-C key of its source. */
const SOURCE_KEY = "x-cos-copy-source-server-side-encryption-customer-";
/** The headers of any other request that name an SSE-C key. */
const KEY = "x-cos-server-side-encryption-customer-";

/** The headers of a HEAD of the copy's source: the source's key under the names that HEAD uses. */
export function sourceHeaders(copy: Headers): Record<string, string> {
  const key = Object.entries(copy).filter(([name]) => name.startsWith(SOURCE_KEY));
  return Object.fromEntries(key.map(([name, value]) => [KEY + name.slice(SOURCE_KEY.length), value]));
}

/** The headers of Initiate for a copy in parts: all except the source's key, which does not belong to the new object. */
export function initialHeaders(copy: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(copy).filter(([name]) => !name.startsWith(SOURCE_KEY)));
}

/** The headers of each part of a copy: COS reads it with the source's key and writes it with the new object's. */
export function copiedPartHeaders(copy: Headers): Record<string, string> {
  const sourceKey = Object.entries(copy).filter(([name]) => name.startsWith(SOURCE_KEY));
  return { ...customerKeyHeaders(copy), ...Object.fromEntries(sourceKey) };
}
