import type { Call } from "./call.ts";
import type { EmulatorResponse } from "./message.ts";
import type { OperationName } from "./operation.ts";
import { abortMultipartUpload } from "./operations/abort-multipart-upload.ts";
import { appendObject } from "./operations/append-object.ts";
import { deleteBucket, headBucket, listBuckets, putBucket } from "./operations/bucket.ts";
import { completeMultipartUpload } from "./operations/complete-multipart-upload.ts";
import { copyObject } from "./operations/copy-object.ts";
import { deleteMultipleObjects } from "./operations/delete-multiple-objects.ts";
import { deleteObject } from "./operations/delete-object.ts";
import { getObject } from "./operations/get-object.ts";
import { headObject } from "./operations/head-object.ts";
import { initiateMultipartUpload } from "./operations/initiate-multipart-upload.ts";
import { listMultipartUploads } from "./operations/list-multipart-uploads.ts";
import { listObjects } from "./operations/list-objects.ts";
import { listParts } from "./operations/list-parts.ts";
import { getBucketAcl, getObjectAcl, putObjectAcl } from "./operations/object-acl.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./operations/object-tagging.ts";
import { putObject } from "./operations/put-object.ts";
import { uploadPart } from "./operations/upload-part.ts";
import { uploadPartCopy } from "./operations/upload-part-copy.ts";

const OPERATIONS: Readonly<Record<OperationName, (call: Call) => Promise<EmulatorResponse>>> = {
  AbortMultipartUpload: abortMultipartUpload,
  AppendObject: appendObject,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  DeleteBucket: deleteBucket,
  DeleteMultipleObjects: deleteMultipleObjects,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  GetBucketAcl: getBucketAcl,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: headObject,
  InitiateMultipartUpload: initiateMultipartUpload,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListParts: listParts,
  PutBucket: putBucket,
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  PutObjectTagging: putObjectTagging,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};

/** Runs the operation of a call. */
export function dispatch(call: Call): Promise<EmulatorResponse> {
  return OPERATIONS[call.operation](call);
}
