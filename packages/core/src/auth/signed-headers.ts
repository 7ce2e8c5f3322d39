/** The headers that every official SDK signs by default, besides `x-cos-*` and `x-ci-*`. */
const SIGNED = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-md5",
  "content-type",
  "expect",
  "expires",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "origin",
  "range",
  "transfer-encoding",
  "pic-operations",
]);

/** The headers that are signed. Empty ones are not: COS treats them as absent. */
export function signedHeaders(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  // A loop, not `filter`: see canonicalList().
  const signed: [name: string, value: string][] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && value !== "" && isSigned(name)) signed.push([name, value]);
  }
  return signed;
}

function isSigned(name: string): boolean {
  const lower = name.toLowerCase();
  return SIGNED.has(lower) || lower.startsWith("x-cos-") || lower.startsWith("x-ci-");
}
