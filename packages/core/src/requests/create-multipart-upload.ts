import type { RetryContext } from "../http/retry.ts";
import { OBJECT_HEADERS, type ObjectHeaders, objectHeaders } from "../params/object-headers.ts";
import { OBJECT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import { type CreateMultipartUploadResult, initiateMultipartUpload } from "./initiate-multipart-upload.ts";
import type { ObjectParameters } from "./object-parameters.ts";

/** The parameter table of createMultipartUpload. */
export const CREATE_MULTIPART_UPLOAD = {
  name: "createMultipartUpload",
  parameters: { ...OBJECT, ...OBJECT_HEADERS },
} as const satisfies Method;

/** The parameters of {@link CosClient.createMultipartUpload}. */
export interface CreateMultipartUploadParameters extends ObjectParameters, ObjectHeaders {}

/** Initiate Multipart Upload, with the headers that the parameters make. */
export async function createMultipartUpload(
  context: RetryContext,
  parameters: CreateMultipartUploadParameters,
): Promise<CreateMultipartUploadResult> {
  return initiateMultipartUpload(context, parameters, objectHeaders(parameters));
}
