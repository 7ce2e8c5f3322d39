import { md5Base64 } from "./reference/md5.ts";

/** One method of the document: the names of its parameters and response fields. */
export interface Documented {
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
}

const CONTENT = new TextEncoder().encode("hello");
const object = { Bucket: "examplebucket-1250000000", Key: "exampleobject" };
const headers = {
  ACL: "public-read",
  GrantFullControl: 'id="100000000001"',
  GrantRead: 'id="100000000002"',
  StorageClass: "STANDARD_IA",
  Expires: "Wed, 21 Oct 2065 07:28:00 GMT",
  CacheControl: "no-cache",
  ContentType: "text/plain",
  ContentDisposition: "attachment",
  ContentEncoding: "identity",
  ContentLanguage: "en",
  Metadata: { "x-cos-meta-key1": "value1", "x-cos-meta-key2": "value2" },
};
const body = {
  EnableMD5: true,
  ContentLength: "5",
  ContentMD5: md5Base64(CONTENT),
  TrafficLimit: "1048576",
};
const CopySource = { Bucket: "sourcebucket-1250000000", Key: "s", Region: "ap-guangzhou", VersionId: "v" };
const copyConditions = {
  CopySourceIfMatch: '"e"',
  CopySourceIfModifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT",
  CopySourceIfNoneMatch: '"o"',
  CopySourceIfUnmodifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT",
};
const common = ["requestId", "versionId", "headers"];
const uploaded = [...common, "ETag", "Location", "Bucket", "Key", "crc64"];

export const DOCUMENTED: readonly Documented[] = [
  {
    method: "uploadFile",
    parameters: { ...object, LocalFilePath: "local.txt", PartSize: 1, MAXThread: 5, ...headers, ...body },
    fields: uploaded,
  },
  { method: "putObject", parameters: { ...object, Body: CONTENT, ...headers, ...body }, fields: uploaded },
  {
    method: "putObjectFromLocalFile",
    parameters: { ...object, LocalFilePath: "local.txt", ...headers, ...body },
    fields: uploaded,
  },
  {
    method: "appendObject",
    parameters: { ...object, Position: 0, Data: CONTENT },
    fields: [...common, "ETag", "nextAppendPosition"],
  },
  {
    method: "listMultipartUploads",
    parameters: {
      Bucket: object.Bucket,
      Prefix: "dir",
      Delimiter: "/",
      KeyMarker: "k",
      UploadIdMarker: "u",
      MaxUploads: 100,
      EncodingType: "url",
    },
    fields: [
      ...common,
      "Bucket",
      "Prefix",
      "Delimiter",
      "KeyMarker",
      "UploadIdMarker",
      "NextKeyMarker",
      "NextUploadIdMarker",
      "MaxUploads",
      "IsTruncated",
      "EncodingType",
      "Upload",
      "CommonPrefixes",
    ],
  },
  {
    method: "createMultipartUpload",
    parameters: { ...object, ...headers },
    fields: [...common, "UploadId", "Bucket", "Key"],
  },
  {
    method: "uploadPart",
    parameters: { ...object, Body: CONTENT, PartNumber: 1, UploadId: "u", ...body },
    fields: [...common, "ETag", "crc64"],
  },
  {
    method: "uploadPartCopy",
    parameters: {
      ...object,
      PartNumber: 100,
      UploadId: "u",
      CopySource,
      CopySourceRange: "bytes=0-4",
      ...copyConditions,
    },
    fields: [...common, "ETag", "LastModified", "copySourceVersionId"],
  },
  {
    method: "listParts",
    parameters: { ...object, UploadId: "u", MaxParts: 1000, PartNumberMarker: 100, EncodingType: "url" },
    fields: [
      ...common,
      "Bucket",
      "Key",
      "UploadId",
      "EncodingType",
      "MaxParts",
      "IsTruncated",
      "PartNumberMarker",
      "NextPartNumberMarker",
      "StorageClass",
      "Part",
      "Initiator",
      "Owner",
    ],
  },
  {
    method: "completeMultipartUpload",
    parameters: { ...object, UploadId: "u", MultipartUpload: { Part: [{ ETag: '"e"', PartNumber: 1 }] } },
    fields: [...common, "ETag", "Bucket", "Location", "Key"],
  },
  { method: "abortMultipartUpload", parameters: { ...object, UploadId: "u" }, fields: [] },
];

/** Other values that a program gets from the package. */
export const METHODS = [
  ...DOCUMENTED.map(({ method }) => method),
  "headObject",
  "getObject",
  "deleteObject",
  "getObjectTagging",
  "putObjectTagging",
  "copyObject",
  "eachPart",
  "eachMultipartUpload",
  "getPresignedUrl",
  "request",
  "sign",
  "close",
];

export const ERROR_CLASSES = [
  "CosError",
  "ServiceError",
  "TransportError",
  "IntegrityError",
  "SourceError",
  "CheckpointError",
  "ArgumentTypeError",
  "ArgumentRangeError",
];
