import { CosErrorResponse } from "../errors.ts";
import type { Query } from "./query.ts";
import { subresourceOf } from "./subresource.ts";

type Scope = "service" | "bucket" | "object";

interface Row {
  readonly name: string;
  readonly scope: Scope;
  readonly method: string;
  /** The row applies if one of these query parameters is present. Undefined: if no sub-resource is present. */
  readonly query?: readonly string[];
  readonly header?: string;
}

// The first matching row applies, so rows with conditions come before the plain row of their method.
const TABLE = [
  { name: "ListBuckets", scope: "service", method: "GET" },

  { name: "ListMultipartUploads", scope: "bucket", method: "GET", query: ["uploads"] },
  { name: "ListObjectVersions", scope: "bucket", method: "GET", query: ["versions"] },
  { name: "GetBucketLifecycle", scope: "bucket", method: "GET", query: ["lifecycle"] },
  { name: "PutBucketLifecycle", scope: "bucket", method: "PUT", query: ["lifecycle"] },
  { name: "DeleteBucketLifecycle", scope: "bucket", method: "DELETE", query: ["lifecycle"] },
  { name: "GetBucketVersioning", scope: "bucket", method: "GET", query: ["versioning"] },
  { name: "PutBucketVersioning", scope: "bucket", method: "PUT", query: ["versioning"] },
  { name: "GetBucketAcl", scope: "bucket", method: "GET", query: ["acl"] },
  { name: "GetBucketLocation", scope: "bucket", method: "GET", query: ["location"] },
  { name: "ListObjects", scope: "bucket", method: "GET" },
  { name: "HeadBucket", scope: "bucket", method: "HEAD" },
  { name: "GetBucketCors", scope: "bucket", method: "GET", query: ["cors"] },
  { name: "PutBucketCors", scope: "bucket", method: "PUT", query: ["cors"] },
  { name: "DeleteBucketCors", scope: "bucket", method: "DELETE", query: ["cors"] },
  { name: "PutBucketAcl", scope: "bucket", method: "PUT", query: ["acl"] },
  { name: "PutBucket", scope: "bucket", method: "PUT" },
  { name: "DeleteBucket", scope: "bucket", method: "DELETE" },
  { name: "PostObject", scope: "bucket", method: "POST" },
  { name: "DeleteMultipleObjects", scope: "bucket", method: "POST", query: ["delete"] },

  { name: "PutObjectAcl", scope: "object", method: "PUT", query: ["acl"] },
  { name: "PutObjectTagging", scope: "object", method: "PUT", query: ["tagging"] },
  {
    name: "UploadPartCopy",
    scope: "object",
    method: "PUT",
    query: ["partNumber", "uploadId"],
    header: "x-cos-copy-source",
  },
  { name: "UploadPart", scope: "object", method: "PUT", query: ["partNumber", "uploadId"] },
  { name: "CopyObject", scope: "object", method: "PUT", header: "x-cos-copy-source" },
  { name: "PutObject", scope: "object", method: "PUT" },
  { name: "AppendObject", scope: "object", method: "POST", query: ["append"] },
  { name: "RestoreObject", scope: "object", method: "POST", query: ["restore"] },
  { name: "InitiateMultipartUpload", scope: "object", method: "POST", query: ["uploads"] },
  { name: "CompleteMultipartUpload", scope: "object", method: "POST", query: ["uploadId"] },
  { name: "ListParts", scope: "object", method: "GET", query: ["uploadId"] },
  { name: "GetObjectAcl", scope: "object", method: "GET", query: ["acl"] },
  { name: "GetObjectTagging", scope: "object", method: "GET", query: ["tagging"] },
  { name: "GetObject", scope: "object", method: "GET" },
  { name: "HeadObject", scope: "object", method: "HEAD" },
  // With an empty uploadId this is still an abort, which fails: it must not delete the object.
  { name: "AbortMultipartUpload", scope: "object", method: "DELETE", query: ["uploadId"] },
  { name: "DeleteObjectTagging", scope: "object", method: "DELETE", query: ["tagging"] },
  { name: "DeleteObject", scope: "object", method: "DELETE" },
  { name: "OptionsObject", scope: "object", method: "OPTIONS" },
] as const satisfies readonly Row[];

/** Every operation of the emulator, with COS's name. */
export type OperationName = (typeof TABLE)[number]["name"];

/** All operation names, sorted. */
export const OPERATION_NAMES: readonly OperationName[] = TABLE.map((row) => row.name).sort();

export function isOperationName(value: unknown): value is OperationName {
  return OPERATION_NAMES.some((name) => name === value);
}

/** Finds the operation of a request. Throws 501 for one that only COS has, 405 for one that COS does not have either. */
export function recognise(
  method: string,
  scope: Scope,
  query: Query,
  headers: ReadonlyMap<string, string>,
): OperationName {
  // A preflight asks about any address, also with a sub-resource.
  if (method === "OPTIONS") return "OptionsObject";
  const subresource = subresourceOf(query);
  for (const row of TABLE as readonly (Row & { name: OperationName })[]) {
    if (row.scope !== scope || row.method !== method) continue;
    if (row.query ? !row.query.some((name) => query.has(name)) : subresource !== undefined) continue;
    if (row.header !== undefined && !headers.has(row.header)) continue;
    return row.name;
  }
  const known = subresource !== undefined || (method === "POST" && scope === "object");
  if (known && ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"].includes(method)) {
    const asked = `${method}${subresource === undefined ? "" : ` ?${subresource}`}`;
    const target = scope === "service" ? "the service" : scope === "bucket" ? "a bucket" : "an object";
    throw new CosErrorResponse("NotImplemented", `The emulator does not implement ${asked} for ${target}.`);
  }
  throw new CosErrorResponse(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
  );
}
