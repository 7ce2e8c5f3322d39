import { ClientBase } from "./client-base.ts";
import {
  PUT_OBJECT,
  type PutObjectParameters,
  UPLOAD_FILE,
  type UploadFileParameters,
} from "./transfers/parameters.ts";
import { putObject, uploadFile } from "./transfers/upload-object.ts";
import type { UploadResult } from "./transfers/upload-result.ts";

/**
 * A client that uploads, and does nothing else: what a program whose size counts carries. {@link CosClient} has these
 * methods and all others; the functions of the subpaths take either.
 */
export class UploadClient extends ClientBase {
  /**
   * Uploads a file, bytes or a stream: up to 20 MB in one PUT, above in parts (default 1 MB, 5 at once), and verifies the
   * object by CRC64. With `checkpoints`, a later call of the same upload resumes where this one stopped. Use it for
   * anything large.
   * @throws {SourceError} the source changed, ended early, or cannot be read
   * @throws {CheckpointError} another process uploads with the same checkpoint, or `resume: "require"` finds none
   * @throws {IntegrityError} COS holds other bytes after several attempts
   * @throws {ServiceError} COS refused; {@link TransportError} no response after all retries
   *
   * @example
   * ```ts
   * await cos.uploadFile({
   *   Bucket: "examplebucket-1250000000",
   *   Key: "big.bin",
   *   LocalFilePath: "./big.bin",
   *   checkpoints: true,
   *   onProgress: (done, total) => console.log(done, total),
   * });
   * ```
   */
  async uploadFile(parameters: UploadFileParameters): Promise<UploadResult> {
    return this.call(UPLOAD_FILE, uploadFile, parameters);
  }

  /**
   * Uploads an object: bytes in memory in one PUT of up to 5 GB, a file or a stream above 20 MB in parts. Verified by
   * CRC64. An upload in parts that fails is aborted, never resumed.
   * @throws {CosError} as {@link uploadFile}
   *
   * @example
   * ```ts
   * await cos.putObject({ Bucket: "examplebucket-1250000000", Key: "hello.txt", Body: "hello" });
   * ```
   */
  async putObject(parameters: PutObjectParameters): Promise<UploadResult> {
    return this.call(PUT_OBJECT, putObject, parameters);
  }
}
