/**
 * Uploads to Tencent Cloud COS from web pages and web workers: files, Blobs and streams; resumable after a reload, every
 * byte verified by CRC64.
 *
 * @module
 */
import { BrowserCosClient } from "./client.ts";
import type { BrowserCosOptions } from "./options.ts";

export * from "@cosup/core";
export { indexedDbCheckpoints } from "./checkpoints/indexed-db-checkpoints.ts";
export { BrowserCosClient } from "./client.ts";
export type { BrowserCosOptions } from "./options.ts";
export type { RequestSigner, SignedRequest } from "./sign-request.ts";

/**
 * Creates a client. Keys come from your server: temporary ones by `credentials`, which a page asks for, so that no
 * long-term key reaches it.
 * @throws {TypeError} {@link RangeError} a wrong option, named; a page that is neither https nor localhost; a SecretKey
 *   without a Token
 *
 * @example
 * ```ts
 * const cos = createCos({
 *   Region: "ap-guangzhou",
 *   credentials: () => fetch("/cos-keys").then((response) => response.json()),
 * });
 * const { ETag, crc64 } = await cos.uploadFile({
 *   Bucket: "examplebucket-1250000000",
 *   Key: file.name,
 *   Body: file,
 *   checkpoints: true,
 *   onProgress: (done, total) => { bar.value = done / total; },
 * });
 * ```
 */
export function createCos(options: BrowserCosOptions): BrowserCosClient {
  return new BrowserCosClient(options);
}
