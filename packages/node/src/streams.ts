/**
 * Uploads of what a program writes: `createUploadStream()` for a `WritableStream`, `createWriteStream()` for Node's
 * `Writable`.
 *
 * @module
 */
import { Writable } from "node:stream";
import type { CosClient, UploadResult } from "@cosup/core";
import { type UploadStreamParameters, writeHandlers } from "@cosup/core/streams";

export { createUploadStream, type UploadStream, type UploadStreamParameters } from "@cosup/core/streams";

/** A stream that uploads what is written to it. */
export interface UploadWriteStream extends Writable {
  /** What `uploadFile` returns. A rejection that nobody handles is not reported: the stream has the same error. */
  readonly result: Promise<UploadResult>;
}

/**
 * Begins an upload of what is written to a Node stream, as `uploadFile` does it. `finish` comes when the object is
 * published and verified. To destroy the stream aborts the upload: nothing is published, and `close` comes when COS has no
 * part of it. When the upload fails, the stream is destroyed with its error, so that `pipeline()` rejects with it.
 * @throws {TypeError} {@link RangeError} a wrong parameter, at once
 *
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { pipeline } from "node:stream/promises";
 * import { createGzip } from "node:zlib";
 * import { createCos } from "@cosup/node";
 * import { createWriteStream } from "@cosup/node/streams";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const upload = createWriteStream(cos, { Bucket: "examplebucket-1250000000", Key: "app.log.gz" });
 * await pipeline(createReadStream("app.log"), createGzip(), upload);
 * const { crc64 } = await upload.result;
 * ```
 */
export function createWriteStream(cos: CosClient, parameters: UploadStreamParameters): UploadWriteStream {
  const { handlers, result } = writeHandlers(cos, parameters, (error) => stream.destroy(error));
  const stream = new Writable(handlers);
  return Object.assign(stream, { result });
}
