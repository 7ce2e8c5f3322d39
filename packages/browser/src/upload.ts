/**
 * `createCos()` for pages that only upload: three quarters of the size of `@cosup/browser`. The client has `uploadFile` and
 * `putObject`, and everything that they do there: all kinds of `Body`, parts, retries, checkpoints, progress, verification.
 *
 * @module
 */
import type { BrowserCosOptions } from "./options.ts";
import { BrowserUploadClient } from "./upload-client.ts";

export * from "@cosup/core/upload";
export { indexedDbCheckpoints } from "./checkpoints/indexed-db-checkpoints.ts";
export type { BrowserCosOptions } from "./options.ts";
export type { RequestSigner, SignedRequest } from "./sign-request.ts";
export { BrowserUploadClient } from "./upload-client.ts";

/**
 * Creates a client that uploads. Keys come from your server: temporary ones by `credentials`, which a page asks for, so that no
 * long-term key reaches it.
 * @throws {TypeError} {@link RangeError} a wrong option, named; a page that is neither https nor localhost; a SecretKey
 *   without a Token
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/browser/upload";
 *
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
export function createCos(options: BrowserCosOptions): BrowserUploadClient {
  return new BrowserUploadClient(options);
}
