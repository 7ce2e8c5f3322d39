import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { mergeCallerHeaders, OBJECT_HEADERS } from "../params/object-headers.ts";
import { OBJECT, READ_CONDITIONS } from "../params/shared-parameters.ts";
import { type Method, queryOf } from "../params/table.ts";
import { type CosResult, cosResultOf } from "./cos-result.ts";
import type { ObjectParameters } from "./object-parameters.ts";
import { requireNoContent } from "./validate-response.ts";

/** The parameter table of deleteObject. */
export const DELETE_OBJECT = {
  name: "deleteObject",
  parameters: { ...OBJECT, VersionId: READ_CONDITIONS.VersionId, headers: OBJECT_HEADERS.headers },
} as const satisfies Method;

/** The parameters of {@link CosClient.deleteObject}. */
export interface DeleteObjectParameters extends ObjectParameters {
  /** A version of the object, in buckets with versioning; default: the current one. */
  readonly VersionId?: string | undefined;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** DELETE Object; succeeds too when there is none. COS document 436/7743. */
export async function deleteObject(
  context: RetryContext,
  parameters: DeleteObjectParameters,
): Promise<CosResult> {
  const response = await sendWithRetry(context, {
    operation: "deleteObject",
    method: "DELETE",
    Bucket: parameters.Bucket,
    Key: parameters.Key,
    query: queryOf(DELETE_OBJECT.parameters, parameters),
    headers: mergeCallerHeaders({}, parameters.headers),
    idempotent: true,
    validateResponse: requireNoContent("deleteObject"),
    signal: parameters.signal,
  });
  return cosResultOf(response);
}
