import { md5Base64 } from "../reference/md5.ts";

/** A call of one of the document's methods, with all of its parameters. */
export interface DocumentedCall {
  readonly method: string;
  /** The parameters that it does not work without. */
  readonly required: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The file `local.txt`, and every other body. */
export const CONTENT = new TextEncoder().encode("hello");
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

export const CALLS: readonly DocumentedCall[] = [
  { method: "headObject", required: ["Bucket", "Key"], parameters: object },
  {
    method: "uploadFile",
    required: ["Bucket", "Key", "LocalFilePath"],
    parameters: { ...object, LocalFilePath: "local.txt", PartSize: 1, MAXThread: 5, ...headers, ...body },
  },
  {
    method: "putObject",
    required: ["Bucket", "Key", "Body"],
    parameters: { ...object, Body: CONTENT, ...headers, ...body },
  },
  {
    method: "putObjectFromLocalFile",
    required: ["Bucket", "Key", "LocalFilePath"],
    parameters: { ...object, LocalFilePath: "local.txt", ...headers, ...body },
  },
  {
    method: "appendObject",
    required: ["Bucket", "Key", "Position", "Data"],
    parameters: { ...object, Position: 0, Data: CONTENT },
  },
  {
    method: "listMultipartUploads",
    required: ["Bucket"],
    parameters: {
      Bucket: object.Bucket,
      Prefix: "dir",
      Delimiter: "/",
      KeyMarker: "k",
      UploadIdMarker: "u",
      MaxUploads: 100,
      EncodingType: "url",
    },
  },
  {
    method: "createMultipartUpload",
    required: ["Bucket", "Key"],
    parameters: { ...object, ...headers },
  },
  {
    method: "uploadPart",
    required: ["Bucket", "Key", "Body", "PartNumber", "UploadId"],
    parameters: { ...object, Body: CONTENT, PartNumber: 1, UploadId: "u", ...body },
  },
  {
    method: "uploadPartCopy",
    required: ["Bucket", "Key", "PartNumber", "UploadId", "CopySource"],
    parameters: {
      ...object,
      PartNumber: 100,
      UploadId: "u",
      CopySource,
      CopySourceRange: "bytes=0-4",
      ...copyConditions,
    },
  },
  {
    method: "listParts",
    required: ["Bucket", "Key", "UploadId"],
    parameters: { ...object, UploadId: "u", MaxParts: 1000, PartNumberMarker: 100, EncodingType: "url" },
  },
  {
    method: "completeMultipartUpload",
    required: ["Bucket", "Key", "UploadId", "MultipartUpload"],
    parameters: { ...object, UploadId: "u", MultipartUpload: { Part: [{ ETag: '"e"', PartNumber: 1 }] } },
  },
  {
    method: "abortMultipartUpload",
    required: ["Bucket", "Key", "UploadId"],
    parameters: { ...object, UploadId: "u" },
  },
];
