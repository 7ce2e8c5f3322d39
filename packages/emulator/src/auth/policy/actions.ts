import type { OperationName } from "../../request/operation.ts";

/** The actions whose names differ from that of the operation, in documents 436/31923 and 598/57092. */
const NAMES: Partial<Record<OperationName, readonly string[]>> = {
  ListBuckets: ["GetService"],
  ListObjects: ["GetBucket"],
  ListObjectVersions: ["GetBucketObjectVersions"],
  RestoreObject: ["PostObjectRestore"],
  CopyObject: ["PutObject"],
  // The documents name PutObject for it; the others are what one expects.
  UploadPartCopy: ["PutObject", "UploadPart", "UploadPartCopy"],
};

/** The actions of an operation: it is allowed if one of them is. */
export function actionsOf(operation: OperationName): readonly string[] {
  return NAMES[operation] ?? [operation.replace(/Acl$/, "ACL").replace(/Cors$/, "CORS")];
}
