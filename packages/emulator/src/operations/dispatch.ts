import { runLifecycles } from "../lifecycle/run.ts";
import type { OperationName } from "../request/operation.ts";
import type { Call, EmulatorResponse } from "../types.ts";
import { abortMultipartUpload } from "./abort-multipart-upload.ts";
import { appendObject } from "./append-object.ts";
import { deleteBucket, getBucketLocation, headBucket, listBuckets, putBucket } from "./bucket.ts";
import { putBucketAcl } from "./bucket-acl.ts";
import { deleteBucketCors, getBucketCors, putBucketCors } from "./bucket-cors.ts";
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from "./bucket-lifecycle.ts";
import { getBucketVersioning, putBucketVersioning } from "./bucket-versioning.ts";
import { completeMultipartUpload } from "./complete-multipart-upload.ts";
import { copyObject } from "./copy-object.ts";
import { deleteMultipleObjects } from "./delete-multiple-objects.ts";
import { deleteObject } from "./delete-object.ts";
import { getObject } from "./get-object.ts";
import { headObject } from "./head-object.ts";
import { initiateMultipartUpload } from "./initiate-multipart-upload.ts";
import { listMultipartUploads } from "./list-multipart-uploads.ts";
import { listObjectVersions } from "./list-object-versions.ts";
import { listObjects } from "./list-objects.ts";
import { listParts } from "./list-parts.ts";
import { getBucketAcl, getObjectAcl, putObjectAcl } from "./object-acl.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./object-tagging.ts";
import { optionsObject } from "./options-object.ts";
import { postObject } from "./post-object.ts";
import { putObject } from "./put-object.ts";
import { restoreObject } from "./restore-object.ts";
import { uploadPart } from "./upload-part.ts";
import { uploadPartCopy } from "./upload-part-copy.ts";

const OPERATIONS: Readonly<Record<OperationName, (call: Call) => Promise<EmulatorResponse>>> = {
  AbortMultipartUpload: abortMultipartUpload,
  AppendObject: appendObject,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  DeleteBucket: deleteBucket,
  DeleteBucketCors: deleteBucketCors,
  DeleteMultipleObjects: deleteMultipleObjects,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  GetBucketAcl: getBucketAcl,
  GetBucketCors: getBucketCors,
  DeleteBucketLifecycle: deleteBucketLifecycle,
  GetBucketLifecycle: getBucketLifecycle,
  PutBucketLifecycle: putBucketLifecycle,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: headObject,
  InitiateMultipartUpload: initiateMultipartUpload,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListParts: listParts,
  OptionsObject: optionsObject,
  PostObject: postObject,
  PutBucket: putBucket,
  PutBucketAcl: putBucketAcl,
  PutBucketCors: putBucketCors,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  PutObjectTagging: putObjectTagging,
  RestoreObject: restoreObject,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};

/** Runs the operation of a call, after what the lifecycles of the buckets have made due. */
export async function dispatch(call: Call): Promise<EmulatorResponse> {
  await runLifecycles(call.store, call.now);
  return OPERATIONS[call.operation](call);
}
