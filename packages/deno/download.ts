/**
 * Downloads objects to files: ranges in parallel, resumable, verified by CRC64 before anything is at the path. Needs
 * `--allow-read` and `--allow-write` for the folder of the file.
 *
 * @module
 */
import type { ClientBase } from "@cosup/core";
import { type DownloadFileParameters, type DownloadResult, downloadToFile } from "@cosup/core/download";
import { fileSystem } from "./file_system.ts";
import { randomAccess } from "./random_access.ts";
import { pathOf } from "./sources/open_path.ts";

export {
  type DownloadFileParameters,
  type DownloadProgressCallback,
  type DownloadResult,
  type DownloadResumeMode,
  TargetError,
} from "@cosup/core/download";

/**
 * Downloads an object to a file, several ranges at once. The path has the old file or the new one at any instant, never a
 * mixture: the bytes go to a file beside it, are compared with the size and the CRC64 that COS has, are written to the
 * disk, and then take the path. With `checkpoints`, a later call goes on where this one stopped.
 * @throws {TargetError} the file cannot be written, or exists and `overwrite` is false
 * @throws {ServiceError} `not-found`; `precondition-failed`: a condition does not hold, or the object was replaced meanwhile
 * @throws {IntegrityError} other bytes arrived than COS has
 * @throws {CheckpointError} another call downloads the same object to the same path, or `resume: "require"` finds nothing
 * @throws {TransportError} no response after all retries
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/deno";
 * import { downloadFile } from "@cosup/deno/download";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const { size, crc64 } = await downloadFile(cos, {
 *   Bucket: "examplebucket-1250000000",
 *   Key: "big.bin",
 *   LocalFilePath: "./big.bin",
 *   checkpoints: true,
 * });
 * await cos.close();
 * ```
 */
export async function downloadFile(
  cos: ClientBase,
  parameters: DownloadFileParameters,
): Promise<DownloadResult> {
  return downloadToFile(cos, {
    files: { fileSystem, randomAccess },
    parameters,
    pathOf: (given) => pathOf(given).name,
  });
}
