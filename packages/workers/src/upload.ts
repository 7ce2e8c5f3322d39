/**
 * `createCos()` for Workers that only upload: three quarters of the size of `@cosup/workers`. The client has `uploadFile` and
 * `putObject`, and everything that they do there: all kinds of `Body`, parts, retries, checkpoints, progress, verification.
 *
 * @module
 */
import type { WorkersCosOptions } from "./options.ts";
import { WorkersUploadClient } from "./upload-client.ts";

export * from "@cosup/core/upload";
export {
  type DurableObjectCheckpointOptions,
  durableObjectCheckpoints,
} from "./checkpoints/durable-object-checkpoints.ts";
export type { CheckpointStorage } from "./checkpoints/storage.ts";
export type { WorkersCosOptions } from "./options.ts";
export type { R2Body, R2BucketLike, R2ObjectBodyLike, R2ObjectLike } from "./sources/platform.ts";
export { WorkersUploadClient } from "./upload-client.ts";

/**
 * Creates a client that uploads. Create one per invocation, inside the handler: Workers bind connections to the request that
 * opened them.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/workers/upload";
 *
 * export default {
 *   async fetch(request: Request, env: Env): Promise<Response> {
 *     const cos = createCos({ Region: "ap-guangzhou", SecretId: env.SECRET_ID, SecretKey: env.SECRET_KEY });
 *     const { ETag, crc64 } = await cos.uploadFile({
 *       Bucket: "examplebucket-1250000000",
 *       Key: "exampleobject",
 *       Body: request,
 *     });
 *     return Response.json({ ETag, crc64 });
 *   },
 * };
 * ```
 */
export function createCos(options: WorkersCosOptions): WorkersUploadClient {
  return new WorkersUploadClient(options);
}
