import type { Plan, Step } from "../fixtures/faults.ts";

/** Responds as COS would; nothing is delivered. */
function responds(document: string | null, status = 200): Step {
  const headers = {
    // Not an MD5, as under SSE-KMS, so it must not be compared.
    etag: '"opaque"',
    "x-cos-request-id": "scripted-id",
    "x-cos-version-id": "MTg0",
    "x-cos-next-append-position": "5",
    "x-cos-copy-source-version-id": "v",
  };
  return async () => new Response(document, { status, headers });
}

/** Responses to every request of the document's methods. */
export const DONE: Plan = {
  HeadObject: responds(null),
  PutObject: responds(""),
  AppendObject: responds(""),
  UploadPart: responds(""),
  AbortMultipartUpload: responds(null, 204),
  InitiateMultipartUpload: responds(
    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
  ),
  UploadPartCopy: responds(
    "<CopyPartResult><ETag>&quot;e&quot;</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></CopyPartResult>",
  ),
  CompleteMultipartUpload: responds(
    "<CompleteMultipartUploadResult><ETag>&quot;e-1&quot;</ETag><Location>l</Location></CompleteMultipartUploadResult>",
  ),
  ListParts: responds("<ListPartsResult><UploadId>u</UploadId></ListPartsResult>"),
  ListMultipartUploads: responds("<ListMultipartUploadsResult></ListMultipartUploadsResult>"),
};
