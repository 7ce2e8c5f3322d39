import type { Random } from "./random.ts";

/** Values that have broken parsers before. */
export const ODD_VALUES = [
  "",
  " ",
  "\t",
  "0",
  "-1",
  "1e9",
  "00001",
  "99999999999999999999",
  "0x10",
  "NaN",
  "null",
  "undefined",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "%",
  "%2",
  "%zz",
  "%00",
  "%ff",
  "%C3%28",
  "%F0%9F%98%80",
  "+",
  "a=b&c=d",
  ";",
  ",",
  "/",
  "//",
  "../..",
  "..%2f",
  "\u00ff\u00fe",
  "\u00f0\u009f\u0098\u0080",
  '"',
  '""',
  "<a>",
  "]]>",
  "&amp;",
  "&#0;",
  "'",
  "bytes=0-",
  "bytes=-0",
  "bytes=5-1",
  "bytes=0-99999999999999999999",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Mon, 99 Foo 20 99",
  "x".repeat(3000),
  "%41".repeat(400),
  "é".repeat(900),
] as const;

/** Any text: an odd value, some of its characters, or characters of one byte. */
export function oddText(random: Random): string {
  if (random.chance(0.7)) return random.pick(ODD_VALUES);
  const length = random.below(24);
  return Array.from({ length }, () => String.fromCharCode(random.below(256))).join("");
}

/** What node:http lets through in a header. */
export function oddHeaderValue(random: Random): string {
  const text = Buffer.from(oddText(random), "utf8").toString("latin1");
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?").trim();
}

export const QUERY_NAMES = [
  "acl append callback continuation-token cors delete delimiter encoding-type fetch-owner key-marker lifecycle",
  "list-type location marker max-keys max-parts max-uploads part-number-marker partNumber policy position prefix",
  "q-ak q-header-list q-key-time q-sign-algorithm q-sign-time q-signature q-url-param-list response-cache-control",
  "response-content-disposition response-content-type response-expires restore sign start-after tagging torrent",
  "upload-id-marker uploadId uploads version-id-marker versionId versioning versions x-cos-security-token x-cos-traffic-limit",
  "X-Amz-Algorithm X-Amz-Content-Sha256 X-Amz-Credential X-Amz-Date X-Amz-Expires X-Amz-Security-Token",
  "X-Amz-Signature X-Amz-SignedHeaders x-amz-acl x-amz-meta-q x-amz-storage-class x-amz-tagging x-id __proto__",
]
  .join(" ")
  .split(" ");

const ENCRYPTION = [
  "",
  "-context",
  "-cos-kms-key-id",
  "-customer-algorithm",
  "-customer-key",
  "-customer-key-md5",
];
const SOURCE = ["", "-range", "-if-match", "-if-none-match", "-if-modified-since", "-if-unmodified-since"];
const EITHER = [
  "acl grant-full-control grant-read meta- meta-_ meta-a meta-ö metadata-directive security-token storage-class".split(
    " ",
  ),
  "tagging tagging-directive website-redirect-location traffic-limit forbid-overwrite checksum-crc32 date".split(
    " ",
  ),
  "content-sha256 decoded-content-length trailer sdk-checksum-algorithm expected-bucket-owner".split(" "),
  ENCRYPTION.map((end) => `server-side-encryption${end}`),
  SOURCE.map((end) => `copy-source${end}`),
].flat();

export const HEADER_NAMES = [
  ...EITHER.flatMap((name) => [`x-cos-${name}`, `x-amz-${name}`]),
  "authorization cache-control connection content-disposition content-encoding content-language content-length".split(
    " ",
  ),
  "content-md5 content-type date expect expires host if-match if-modified-since if-none-match".split(" "),
  "if-unmodified-since origin pic-operations range referer transfer-encoding x-cosup-run x-forwarded-host".split(
    " ",
  ),
].flat();
