/**
 * Uploads to Tencent Cloud COS from Cloudflare Workers: request bodies, forms and R2 objects; resumable across
 * isolates, every byte verified by CRC64.
 *
 * @module
 */
import { WorkersCosClient } from "./client.ts";
import type { WorkersCosOptions } from "./options.ts";

export * from "@cosup/core";
export {
  type DurableObjectCheckpointOptions,
  durableObjectCheckpoints,
} from "./checkpoints/durable-object-checkpoints.ts";
export type { CheckpointStorage } from "./checkpoints/storage.ts";
export { WorkersCosClient } from "./client.ts";
export type { WorkersCosOptions } from "./options.ts";
export type { R2Body, R2BucketLike, R2ObjectBodyLike, R2ObjectLike } from "./sources/platform.ts";

/**
 * Creates a client. Create one per invocation, inside the handler: Workers bind connections to the request that
 * opened them.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 *
 * @example
 * ```ts
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
export function createCos(options: WorkersCosOptions): WorkersCosClient {
  return new WorkersCosClient(options);
}
