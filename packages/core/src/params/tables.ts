import {
  abortSignal,
  anything,
  bucketName,
  callback,
  checkpointStore,
  contentMd5,
  flag,
  globs,
  headerTexts,
  headerValue,
  matching,
  oneOf,
  record,
  text,
  texts,
  wholeNumber,
} from "./checks.ts";
import { checkCopySource, checkCopySourceRange } from "./copy-source.ts";
import { checkKey, checkKeyPrefix } from "./key.ts";
import { OBJECT_HEADERS } from "./object-headers.ts";
import type { ParameterTable } from "./table.ts";

/** 5 GB: the most one PUT, one append or one part may carry. COS document 436/14518. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3;

const signal = { check: abortSignal } as const;
const Bucket = { check: bucketName, required: true } as const;
const Key = { check: checkKey, required: true } as const;
const object = { Bucket, Key, signal } as const;
const UploadId = {
  check: matching(/^[\x21-\x7e]+$/, "an upload id as COS gave it"),
  required: true,
  query: "uploadId",
} as const;
const PartNumber = { check: wholeNumber(1, 10_000), required: true, query: "partNumber" } as const;
/** 100 KB/s to 100 MB/s in bit/s, per request. */
const TrafficLimit = {
  check: wholeNumber(819_200, 838_860_800, "bit/s"),
  header: "x-cos-traffic-limit",
} as const;
const EncodingType = { check: oneOf("", "url"), query: "encoding-type" } as const;
const page = wholeNumber(1, 1000);
const body = {
  EnableMD5: { check: flag },
  ContentLength: { check: wholeNumber(0, 50 * 1024 ** 4, "bytes") },
  ContentMD5: { check: contentMd5 },
  TrafficLimit,
  /** What a timer can wait for: 24.8 days. */
  sourceIdleMs: { check: wholeNumber(1, 2 ** 31 - 1) },
} as const;
const engine = {
  PartSize: { check: wholeNumber(1, 5120, "MB (1048576 bytes)") },
  MAXThread: { check: wholeNumber(1, 1000) },
  onProgress: { check: callback },
  onWarning: { check: callback },
} as const;
const inferContentType = { check: flag } as const;
const LocalFilePath = { check: anything, required: true } as const;
const copyConditions = {
  CopySourceIfMatch: { check: headerValue, header: "x-cos-copy-source-if-match" },
  CopySourceIfModifiedSince: { check: headerValue, header: "x-cos-copy-source-if-modified-since" },
  CopySourceIfNoneMatch: { check: headerValue, header: "x-cos-copy-source-if-none-match" },
  CopySourceIfUnmodifiedSince: { check: headerValue, header: "x-cos-copy-source-if-unmodified-since" },
} as const;
const conditions = {
  IfMatch: { check: headerValue, header: "if-match" },
  IfModifiedSince: { check: headerValue, header: "if-modified-since" },
  IfNoneMatch: { check: headerValue, header: "if-none-match" },
  IfUnmodifiedSince: { check: headerValue, header: "if-unmodified-since" },
  VersionId: { check: text, query: "versionId" },
  headers: OBJECT_HEADERS.headers,
} as const;

/** Every method's parameters. */
export const TABLES = {
  putObject: {
    ...object,
    Body: { check: anything, required: true },
    ...body,
    ...OBJECT_HEADERS,
    inferContentType,
    ...engine,
  },
  putObjectFromLocalFile: {
    ...object,
    LocalFilePath,
    ...body,
    ...OBJECT_HEADERS,
    inferContentType,
    ...engine,
  },
  appendObject: {
    ...object,
    Position: { check: wholeNumber(0, MAX_BODY_BYTES, "bytes"), required: true, query: "position" },
    Data: { check: anything, required: true },
    ContentMD5: body.ContentMD5,
    EnableMD5: body.EnableMD5,
    TrafficLimit,
    sourceIdleMs: body.sourceIdleMs,
    ...OBJECT_HEADERS,
    inferContentType,
    onProgress: engine.onProgress,
  },
  headObject: { ...object, ...conditions },
  getObject: {
    ...object,
    Range: { check: matching(/^bytes=(\d+-\d*|-\d+)$/, "'bytes=first-last'"), header: "range" },
    TrafficLimit,
    ...conditions,
  },
  deleteObject: { ...object, VersionId: conditions.VersionId, headers: OBJECT_HEADERS.headers },
  listMultipartUploads: {
    Bucket,
    signal,
    Prefix: { check: text, query: "prefix" },
    Delimiter: { check: text, query: "delimiter" },
    KeyMarker: { check: text, query: "key-marker" },
    UploadIdMarker: { check: text, query: "upload-id-marker" },
    MaxUploads: { check: page, query: "max-uploads" },
    EncodingType,
  },
  createMultipartUpload: { ...object, ...OBJECT_HEADERS },
  uploadPart: {
    ...object,
    PartNumber,
    UploadId,
    Body: { check: anything, required: true },
    ...body,
    headers: OBJECT_HEADERS.headers,
  },
  uploadPartCopy: {
    ...object,
    PartNumber,
    UploadId,
    CopySource: { check: checkCopySource, required: true },
    CopySourceRange: { check: checkCopySourceRange, header: "x-cos-copy-source-range" },
    ...copyConditions,
    TrafficLimit,
    headers: OBJECT_HEADERS.headers,
  },
  listParts: {
    ...object,
    UploadId,
    MaxParts: { check: page, query: "max-parts" },
    PartNumberMarker: { check: wholeNumber(0, 10_000), query: "part-number-marker" },
    EncodingType,
  },
  completeMultipartUpload: {
    ...object,
    UploadId,
    MultipartUpload: { check: record, required: true },
    ForbidOverwrite: OBJECT_HEADERS.ForbidOverwrite,
    headers: OBJECT_HEADERS.headers,
  },
  abortMultipartUpload: { ...object, UploadId, headers: OBJECT_HEADERS.headers },
  copyObject: {
    ...object,
    CopySource: { check: checkCopySource, required: true },
    ...copyConditions,
    TrafficLimit,
    ...OBJECT_HEADERS,
    ...engine,
  },
  uploadFile: {
    ...object,
    LocalFilePath: { check: anything },
    plainFile: { check: flag },
    Body: { check: anything },
    ...body,
    ...OBJECT_HEADERS,
    inferContentType,
    ...engine,
    checkpoints: { check: checkpointStore },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
  uploadDirectory: {
    Bucket,
    LocalDirectoryPath: { check: text, required: true },
    Prefix: { check: checkKeyPrefix },
    include: { check: globs },
    exclude: { check: globs },
    followSymlinks: { check: flag },
    /** Files under way at once. */
    concurrency: { check: wholeNumber(1, 1000) },
    contentType: { check: callback },
    inferContentType,
    onFile: { check: callback },
    signal,
    EnableMD5: body.EnableMD5,
    TrafficLimit,
    ...OBJECT_HEADERS,
    ...engine,
    checkpoints: { check: checkpointStore },
    resume: { check: oneOf("auto", "require", "server", "off") },
    skip: { check: oneOf("never", "exists", "same") },
  },
  getPresignedUrl: {
    Bucket,
    Key,
    Method: { check: oneOf("GET", "PUT", "POST", "HEAD", "DELETE"), required: true },
    Expired: { check: wholeNumber(1, 31_536_000, "seconds") },
    Params: { check: texts },
    Headers: { check: headerTexts },
    SignHost: { check: flag },
  },
} as const satisfies Record<string, ParameterTable>;

export type Method = keyof typeof TABLES;
