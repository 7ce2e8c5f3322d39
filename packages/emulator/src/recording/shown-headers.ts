import { withoutSignature } from "../request/log-line.ts";

/** Headers that a recording has. All others are left out, so that a header which nobody thought of is no leak. */
const OF_REQUESTS = [
  "content-encoding",
  "content-length",
  "content-md5",
  "content-type",
  "expect",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "range",
  "transfer-encoding",
  "user-agent",
  "x-cos-acl",
  "x-cos-copy-source",
  "x-cos-copy-source-range",
  "x-cos-forbid-overwrite",
  "x-cos-storage-class",
  "x-cos-traffic-limit",
];
const OF_RESPONSES = [
  "content-length",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
  "retry-after",
  "x-cos-hash-crc64ecma",
  "x-cos-request-id",
  "x-cos-version-id",
];

type Headers = Readonly<Record<string, string | undefined>>;

export function shownOfRequest(headers: Headers): Record<string, string> {
  return shown(headers, OF_REQUESTS);
}

export function shownOfResponse(headers: Headers): Record<string, string> {
  return shown(headers, OF_RESPONSES);
}

function shown(headers: Headers, names: readonly string[]): Record<string, string> {
  const chosen = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || !names.includes(name.toLowerCase())
      ? []
      : [[name.toLowerCase(), withoutSignature(value)]],
  );
  return Object.fromEntries(chosen);
}
