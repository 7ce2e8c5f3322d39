/**
 * Uploads to Tencent Cloud COS from Deno: files, streams and folders; resumable, every byte verified by CRC64. Needs
 * `--allow-net=HOST` and `--allow-read=PATH`, with checkpoints `--allow-write=DIR` as well, and nothing more.
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/deno";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const { ETag, crc64 } = await cos.uploadFile({
 *   Bucket: "examplebucket-1250000000",
 *   Key: "big.bin",
 *   LocalFilePath: "./big.bin",
 *   checkpoints: "./checkpoints",
 * });
 * console.log(ETag, crc64);
 * await cos.close();
 * ```
 *
 * @module
 */
import { CosClient, type CosOptions, type WarningCallback } from "@cosup/core";
import {
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
  uploadDirectory,
} from "@cosup/core/directory";
import { walkFiles } from "@cosup/core/files";
import { fileSystem } from "./file_system.ts";
import { matcher } from "./glob.ts";
import { createDenoRuntime, type DenoRuntimeOptions } from "./runtime.ts";
import { canPin } from "./sources/pinned.ts";

export * from "@cosup/core";
export type {
  FileResult,
  FolderEntry,
  ListFolderOptions,
  UploadDirectoryParameters,
  UploadDirectoryResult,
} from "@cosup/core/directory";
export type { SkipReason } from "@cosup/core/files";
export { defaultCheckpointDirectory } from "./checkpoints/default_directory.ts";
export { fileCheckpoints } from "./checkpoints/file_checkpoints.ts";
export { listFolder, pathFilter } from "./list_folder.ts";
export type { DenoRuntimeOptions } from "./runtime.ts";

/** {@link CosOptions}, and Deno's own: `client` takes what `Deno.createHttpClient` makes, for proxies and TLS. */
export type DenoCosOptions = CosOptions & DenoRuntimeOptions;

/** A client that also knows folders. Close it in the end: it keeps connections open for the next request. */
export class DenoCosClient extends CosClient {
  /**
   * Uploads every file below a directory. One file's failure does not stop the others; the result names it.
   * @throws {TypeError} {@link RangeError} a wrong parameter
   * @throws {SourceError} the directory itself cannot be read
   */
  async uploadDirectory(parameters: UploadDirectoryParameters): Promise<UploadDirectoryResult> {
    const { LocalDirectoryPath, followSymlinks, include, exclude, signal, onWarning } = parameters;
    warnOfPathChecks(onWarning);
    const entries = walkFiles(fileSystem, LocalDirectoryPath, { followSymlinks, signal });
    return await uploadDirectory(this, parameters, entries, matcher({ include, exclude }));
  }
}

let hasWarned = false;

/** Once: it is about how the process was started. */
function warnOfPathChecks(onWarning: WarningCallback | undefined): void {
  if (hasWarned || onWarning === undefined || Deno.build.os !== "linux" || canPin()) return;
  hasWarned = true;
  onWarning({
    code: "limited-path-checks",
    message:
      "without --allow-all, Deno cannot read the real path of an open file: a process that may write below the folder could replace a part of it with a link at the right instant, and so make the upload read a file outside",
  });
}

const WRONG_RUNTIME =
  "@cosup/deno runs in Deno: use @cosup/node in Node and Bun, @cosup/workers in Cloudflare Workers, @cosup/browser in a browser";

/**
 * Makes a client. Nothing is sent and no memory is taken until it is used.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 * @throws {Error} the program does not run in Deno; the message names the package that is meant
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/deno";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * await cos.uploadFile({ Bucket: "examplebucket-1250000000", Key: "big.bin", LocalFilePath: "./big.bin" });
 * await cos.close();
 * ```
 */
export function createCos(options: DenoCosOptions): DenoCosClient {
  if (!("Deno" in globalThis)) throw new Error(WRONG_RUNTIME);
  const { client, ...forCore } = options;
  return new DenoCosClient(createDenoRuntime({ client: client ?? undefined }), forCore);
}
