import type { WireRequest } from "@cosup/core/runtime";
import type { OperationName } from "@cosup/emulator";

/** What a request asks for, by its method, query and headers. */
export function operationOf({ method, url, headers }: WireRequest): OperationName {
  const { searchParams } = new URL(url);
  const inUpload = searchParams.has("uploadId");
  const isCopy = headers["x-cos-copy-source"] !== undefined;
  if (searchParams.has("uploads"))
    return method === "POST" ? "InitiateMultipartUpload" : "ListMultipartUploads";
  if (searchParams.has("append")) return "AppendObject";
  if (method === "POST") return "CompleteMultipartUpload";
  if (method === "DELETE") return inUpload ? "AbortMultipartUpload" : "DeleteObject";
  if (method === "HEAD") return "HeadObject";
  if (method === "PUT" && isCopy) return inUpload ? "UploadPartCopy" : "CopyObject";
  if (method === "PUT") return inUpload ? "UploadPart" : "PutObject";
  return inUpload ? "ListParts" : "GetObject";
}
