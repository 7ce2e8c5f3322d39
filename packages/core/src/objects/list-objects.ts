import { callClient } from "../call-client.ts";
import type { ClientBase } from "../client-base.ts";
import {
  LIST_OBJECTS,
  type ListObjectsParameters,
  type ListObjectsResult,
  listObjects as request,
} from "../requests/list-objects.ts";

/**
 * Lists one page (up to 1000) of a bucket's objects, in the order of their keys. {@link eachObject} lists all of them.
 * @throws {ServiceError} `not-found`: there is no such bucket; `access-denied`
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { listObjects } from "@cosup/node/objects";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const Bucket = "examplebucket-1250000000";
 * const { Contents, CommonPrefixes } = await listObjects(cos, { Bucket, Prefix: "photos/", Delimiter: "/" });
 * ```
 */
export async function listObjects(
  cos: ClientBase,
  parameters: ListObjectsParameters,
): Promise<ListObjectsResult> {
  return callClient(cos, LIST_OBJECTS, request, parameters);
}
