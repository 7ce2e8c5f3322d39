import { ArgumentRangeError } from "../errors.ts";
import { type Check, text as checkText, flag, headerValue, matching, oneOf, record } from "./checks.ts";
import { MAX_METADATA_BYTES, MAX_METADATA_ENTRY_BYTES } from "./limits.ts";
import { headersOf, type ParameterTable } from "./table.ts";

/** What is stored with an object, besides its bytes. COS document 436/7749. */
export interface ObjectHeaders {
  /** Access control; `default` inherits the bucket's. Others count against the account's limit of 1 000 ACL entries. */
  readonly ACL?: "default" | "private" | "public-read" | "public-read-write" | undefined;
  /** Full control for others: `id="OwnerUin"`. */
  readonly GrantFullControl?: string | undefined;
  /** Read permission for others: `id="OwnerUin"`. */
  readonly GrantRead?: string | undefined;
  /** `STANDARD` (default), `STANDARD_IA`, `INTELLIGENT_TIERING`, `ARCHIVE`, `DEEP_ARCHIVE`, `COLD`, or a `MAZ_…` class. */
  readonly StorageClass?: StorageClass | undefined;
  /** `Expires` of the object: when a cached copy of it becomes stale. */
  readonly Expires?: string | undefined;
  /** `Cache-Control` of the object. */
  readonly CacheControl?: string | undefined;
  /** `Content-Type` of the object. Uploads of bytes infer it by default, see `inferContentType`. */
  readonly ContentType?: string | undefined;
  /** `Content-Disposition` of the object. */
  readonly ContentDisposition?: string | undefined;
  /** `Content-Encoding` of the object. */
  readonly ContentEncoding?: string | undefined;
  /** `Content-Language` of the object. */
  readonly ContentLanguage?: string | undefined;
  /**
   * Names begin with `x-cos-meta-`; a name and its value have at most 2 KB, all together 4 KB. A value of printable ASCII is
   * sent as it is. In any other, `%` and all characters beyond ASCII are percent-encoded as UTF-8, so that
   * `decodeURIComponent` restores it; `headObject` returns it as it is stored.
   */
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
  /** Refuse (409 `FileAlreadyExists`) when the key exists. COS ignores it in buckets that ever had versioning on. */
  readonly ForbidOverwrite?: boolean | undefined;
  /** `k=v&k2=v2`, URL-encoded; at most 10 tags. */
  readonly Tagging?: string | undefined;
  /**
   * Any other request header by its own name, such as `x-cos-server-side-encryption`. Those that COS requires in the
   * signature are signed.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A storage class of COS; others than these are passed on as they are. */
export type StorageClass =
  | "STANDARD"
  | "STANDARD_IA"
  | "INTELLIGENT_TIERING"
  | "ARCHIVE"
  | "DEEP_ARCHIVE"
  | "COLD"
  | "MAZ_STANDARD"
  | "MAZ_STANDARD_IA"
  | "MAZ_INTELLIGENT_TIERING"
  | (string & {});

const metadata: Check = (value, parameter) => {
  record(value, parameter);
  let bytes = 0;
  for (const [name, text] of Object.entries(value as object)) {
    if (!/^x-cos-meta-[A-Za-z0-9-]+$/i.test(name)) {
      throw new ArgumentRangeError(
        parameter,
        `names must be x-cos-meta- and letters, digits or '-', not '${name}'`,
      );
    }
    checkText(text, `${parameter}.${name}`);
    const entryBytes = name.length - "x-cos-meta-".length + encodeMetadata(text).length;
    if (entryBytes > MAX_METADATA_ENTRY_BYTES) {
      throw new ArgumentRangeError(
        parameter,
        `must be at most ${MAX_METADATA_ENTRY_BYTES} bytes for each name and value, not ${entryBytes} for ${name}`,
      );
    }
    bytes += entryBytes;
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new ArgumentRangeError(
      parameter,
      `must be at most ${MAX_METADATA_BYTES} bytes in all, not ${bytes}`,
    );
  }
};

/** Headers that the signer, the body or the runtime sets. */
const DERIVED = /^(authorization|host|content-length|content-md5|expect|x-cos-security-token)$/i;

/** Headers of one connection (RFC 9110, 7.6.1), which runtimes refuse or drop. */
const HOP_BY_HOP =
  /^(connection|keep-alive|transfer-encoding|te|trailer|upgrade|http2-settings|proxy-(connection|authenticate|authorization))$/i;

/** Headers that the caller adds to a request, except those that something else sets. */
const headersExcept =
  (derived: RegExp): Check =>
  (value, parameter) => {
    record(value, parameter);
    for (const [name, text] of Object.entries(value as object)) {
      if (!/^[A-Za-z0-9-]+$/.test(name))
        throw new ArgumentRangeError(parameter, `'${name}' is not a header name`);
      if (derived.test(name))
        throw new ArgumentRangeError(parameter, `must not set ${name}: it is derived from the request`);
      if (HOP_BY_HOP.test(name))
        throw new ArgumentRangeError(parameter, `must not set ${name}: it belongs to the connection`);
      headerValue(text, `${parameter}.${name}`);
    }
  };

const extraHeaders = headersExcept(DERIVED);

/** Headers of a request that another program sends: it may say its length and its MD5. */
// Pure: a bundle that signs no request of others leaves it out.
export const signableHeaders = /* @__PURE__ */ headersExcept(/^(authorization|host|x-cos-security-token)$/i);

export const OBJECT_HEADERS = {
  ACL: { check: oneOf("default", "private", "public-read", "public-read-write"), header: "x-cos-acl" },
  GrantFullControl: { check: headerValue, header: "x-cos-grant-full-control" },
  GrantRead: { check: headerValue, header: "x-cos-grant-read" },
  StorageClass: {
    check: matching(/^[A-Z][A-Z_]*$/, "a storage class such as STANDARD, STANDARD_IA or ARCHIVE"),
    header: "x-cos-storage-class",
  },
  Expires: { check: headerValue, header: "expires" },
  CacheControl: { check: headerValue, header: "cache-control" },
  ContentType: { check: headerValue, header: "content-type" },
  ContentDisposition: { check: headerValue, header: "content-disposition" },
  ContentEncoding: { check: headerValue, header: "content-encoding" },
  ContentLanguage: { check: headerValue, header: "content-language" },
  Metadata: { check: metadata },
  ForbidOverwrite: { check: flag, header: "x-cos-forbid-overwrite" },
  Tagging: { check: headerValue, header: "x-cos-tagging" },
  headers: { check: extraHeaders },
} as const satisfies ParameterTable;

/** All request headers that an object's parameters make. */
export function objectHeaders(parameters: ObjectHeaders): Record<string, string> {
  const headers = headersOf(OBJECT_HEADERS, parameters);
  for (const [name, value] of Object.entries(parameters.Metadata ?? {})) {
    headers[name.toLowerCase()] = encodeMetadata(value);
  }
  return mergeCallerHeaders(headers, parameters.headers);
}

/**
 * Adds the caller's extra headers, which replace those of the same name. Names become lower case, so that none is sent
 * twice; white space around values is removed, because HTTP drops it and the signature would include it.
 */
export function mergeCallerHeaders(
  headers: Record<string, string>,
  given: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = value.trim();
  return headers;
}

/**
 * Characters beyond ASCII would be sent as Latin-1 by Node and as UTF-8 by workerd; percent-encoded they are the same
 * everywhere. A value of ASCII only stays as it is, because the caller may have encoded it already.
 */
function encodeMetadata(value: string): string {
  const trimmed = value.trim();
  return /^[\x20-\x7e]*$/.test(trimmed) ? trimmed : trimmed.replace(/[^\x20-\x7e]+|%/g, encodeURIComponent);
}

/** The SSE-C key among the headers of an object: each of its parts needs it, too. */
export function customerKeyHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("x-cos-server-side-encryption-customer-")),
  );
}
