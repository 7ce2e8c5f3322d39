import { CosErrorResponse } from "../errors.ts";
import type { Query } from "./query.ts";

type Scope = "service" | "bucket" | "object";

interface Row {
  readonly name: string;
  readonly scope: Scope;
  readonly method: string;
  /** Any of these query parameters selects the row; none: no sub-resource may be present. */
  readonly query?: readonly string[];
  readonly header?: string;
}

// First match wins, so a row with conditions stands above the plain row of its method.
const TABLE = [
  { name: "ListBuckets", scope: "service", method: "GET" },

  { name: "ListMultipartUploads", scope: "bucket", method: "GET", query: ["uploads"] },
  { name: "GetBucketAcl", scope: "bucket", method: "GET", query: ["acl"] },
  { name: "ListObjects", scope: "bucket", method: "GET" },
  { name: "HeadBucket", scope: "bucket", method: "HEAD" },
  { name: "PutBucket", scope: "bucket", method: "PUT" },
  { name: "DeleteBucket", scope: "bucket", method: "DELETE" },
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
  { name: "InitiateMultipartUpload", scope: "object", method: "POST", query: ["uploads"] },
  { name: "CompleteMultipartUpload", scope: "object", method: "POST", query: ["uploadId"] },
  { name: "ListParts", scope: "object", method: "GET", query: ["uploadId"] },
  { name: "GetObjectAcl", scope: "object", method: "GET", query: ["acl"] },
  { name: "GetObjectTagging", scope: "object", method: "GET", query: ["tagging"] },
  { name: "GetObject", scope: "object", method: "GET" },
  { name: "HeadObject", scope: "object", method: "HEAD" },
  // An empty uploadId must not turn an abort into the deletion of the object.
  { name: "AbortMultipartUpload", scope: "object", method: "DELETE", query: ["uploadId"] },
  { name: "DeleteObjectTagging", scope: "object", method: "DELETE", query: ["tagging"] },
  { name: "DeleteObject", scope: "object", method: "DELETE" },
] as const satisfies readonly Row[];

/** Every operation of the emulator, by COS's own name. */
export type OperationName = (typeof TABLE)[number]["name"];

/** The names, in the order of the alphabet. */
export const OPERATION_NAMES: readonly OperationName[] = TABLE.map((row) => row.name).sort();

export function isOperationName(value: unknown): value is OperationName {
  return OPERATION_NAMES.some((name) => name === value);
}

// Sub-resources of the service. Without this list `DELETE /?lifecycle` would delete the bucket.
const SUBRESOURCES: ReadonlySet<string> = new Set(
  (
    "accelerate acl append cors delete domain domaincertificate encryption intelligenttiering inventory lifecycle " +
    "location logging notification object-lock origin partNumber policy publicAccessBlock referer replication " +
    "restore retention select symlink tagging torrent truncate uploadId uploads versioning versions website " +
    "worm rename append callback ci-process"
  ).split(" "),
);

/** Names the operation of a request, or faults: 501 for what COS has and this does not, 405 for what COS has not. */
export function recognise(
  method: string,
  scope: Scope,
  query: Query,
  headers: ReadonlyMap<string, string>,
): OperationName {
  const subresource = [...query.names()].find((name) => SUBRESOURCES.has(name));
  for (const row of TABLE as readonly (Row & { name: OperationName })[]) {
    if (row.scope !== scope || row.method !== method) continue;
    if (row.query ? !row.query.some((name) => query.has(name)) : subresource !== undefined) continue;
    if (row.header !== undefined && !headers.has(row.header)) continue;
    return row.name;
  }
  const known = subresource !== undefined || (method === "POST" && scope === "object");
  if (known && ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"].includes(method)) {
    throw new CosErrorResponse(
      "NotImplemented",
      "A header you provided implies functionality that is not implemented.",
    );
  }
  throw new CosErrorResponse(
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
  );
}
