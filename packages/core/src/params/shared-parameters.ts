import { LONGEST_TIMER_MS, REQUEST_LIMITS } from "./call-options.ts";
import {
  abortSignal,
  bucketName,
  callback,
  contentMd5,
  flag,
  headerValue,
  matching,
  oneOf,
  text,
  unchecked,
  wholeNumber,
} from "./checks.ts";
import { checkKey } from "./key.ts";
import {
  MAX_OBJECT_BYTES,
  MAX_PAGE_SIZE,
  MAX_PART_MB,
  MAX_PARTS,
  MAX_TRAFFIC_LIMIT,
  MIN_TRAFFIC_LIMIT,
} from "./limits.ts";
import { OBJECT_HEADERS } from "./object-headers.ts";

// Parameters that several methods share: how each is checked, and where it goes in the request.

export const SIGNAL = { check: abortSignal } as const;
export const BUCKET = { check: bucketName, required: true } as const;
export const KEY = { check: checkKey, required: true } as const;
/** What every call takes that sends requests. */
export const CALL = { signal: SIGNAL, ...REQUEST_LIMITS } as const;
export const OBJECT = { Bucket: BUCKET, Key: KEY, ...CALL } as const;
export const UPLOAD_ID = {
  check: matching(/^[\x21-\x7e]+$/, "an upload id as COS gave it"),
  required: true,
  query: "uploadId",
} as const;
export const PART_NUMBER = { check: wholeNumber(1, MAX_PARTS), required: true, query: "partNumber" } as const;
export const TRAFFIC_LIMIT = {
  check: wholeNumber(MIN_TRAFFIC_LIMIT, MAX_TRAFFIC_LIMIT, "bit/s"),
  header: "x-cos-traffic-limit",
} as const;
export const ENCODING_TYPE = { check: oneOf("", "url"), query: "encoding-type" } as const;
export const PAGE_SIZE = wholeNumber(1, MAX_PAGE_SIZE);
export const BODY = {
  EnableMD5: { check: flag },
  ContentLength: { check: wholeNumber(0, MAX_OBJECT_BYTES, "bytes") },
  ContentMD5: { check: contentMd5 },
  TrafficLimit: TRAFFIC_LIMIT,
  sourceIdleMs: { check: wholeNumber(1, LONGEST_TIMER_MS) },
} as const;
export const MULTIPART = {
  PartSize: { check: wholeNumber(1, MAX_PART_MB, "MB (1048576 bytes)") },
  MAXThread: { check: wholeNumber(1, 1000) },
  onProgress: { check: callback },
  onWarning: { check: callback },
} as const;
export const INFER_CONTENT_TYPE = { check: flag } as const;
export const LOCAL_FILE_PATH = { check: unchecked, required: true } as const;
export const COPY_CONDITIONS = {
  CopySourceIfMatch: { check: headerValue, header: "x-cos-copy-source-if-match" },
  CopySourceIfModifiedSince: { check: headerValue, header: "x-cos-copy-source-if-modified-since" },
  CopySourceIfNoneMatch: { check: headerValue, header: "x-cos-copy-source-if-none-match" },
  CopySourceIfUnmodifiedSince: { check: headerValue, header: "x-cos-copy-source-if-unmodified-since" },
} as const;
export const READ_CONDITIONS = {
  IfMatch: { check: headerValue, header: "if-match" },
  IfModifiedSince: { check: headerValue, header: "if-modified-since" },
  IfNoneMatch: { check: headerValue, header: "if-none-match" },
  IfUnmodifiedSince: { check: headerValue, header: "if-unmodified-since" },
  VersionId: { check: text, query: "versionId" },
  headers: OBJECT_HEADERS.headers,
} as const;
