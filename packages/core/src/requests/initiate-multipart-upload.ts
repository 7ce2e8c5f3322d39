import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { textOf } from "../xml/document.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import { readDocument } from "./late-error.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { unexpectedResponse } from "./validate-response.ts";

/** The result of {@link CosClient.createMultipartUpload}. */
export interface CreateMultipartUploadResult extends CosResult {
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key. */
  readonly Key: string;
  /** The id of the multipart upload. */
  readonly UploadId: string;
}

/**
 * Initiate Multipart Upload, with the headers of the object. Not retried after a lost response, because the first request may have begun an upload. COS
 * document 436/7746.
 */
export async function initiateMultipartUpload(
  context: RetryContext,
  { Bucket, Key, signal }: ObjectParameters,
  headers: Readonly<Record<string, string>>,
): Promise<CreateMultipartUploadResult> {
  const operation = "createMultipartUpload";
  const response = await sendWithRetry(context, {
    operation,
    method: "POST",
    Bucket,
    Key,
    query: [["uploads", ""]],
    headers,
    body: new Uint8Array(0),
    idempotent: false,
    signal,
  });
  const document = readDocument(operation, response, "InitiateMultipartUploadResult");
  const UploadId = textOf(document, "UploadId");
  if (!UploadId) throw unexpectedResponse(operation, response, "no UploadId");
  return {
    ...cosResultOf(response),
    Bucket: textOf(document, "Bucket") ?? Bucket,
    Key: textOf(document, "Key") ?? Key,
    UploadId,
  };
}
