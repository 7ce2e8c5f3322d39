/**
 * Uploads to Tencent Cloud COS from Node: files, streams and folders; resumable, every byte verified by CRC64.
 *
 * @module
 */
import { CosClient, type CosOptions } from "@cosup/core";
import {
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
  uploadDirectory,
} from "@cosup/core/directory";
import { walkFiles } from "@cosup/core/files";
import { fileSystem } from "./file-system.ts";
import { matcher } from "./matcher.ts";
import { createNodeRuntime, type NodeRuntimeOptions } from "./runtime.ts";

export * from "@cosup/core";
export { contentTypeOf } from "@cosup/core/content-types";
export type {
  FileResult,
  FolderEntry,
  ListFolderOptions,
  UploadDirectoryParameters,
  UploadDirectoryResult,
} from "@cosup/core/directory";
export type { SkipReason } from "@cosup/core/files";
export { defaultCheckpointDirectory } from "./checkpoints/default-directory.ts";
export { fileCheckpoints } from "./checkpoints/file-checkpoints.ts";
export { listFolder, pathFilter } from "./list-folder.ts";

/** {@link CosOptions}, and Node's own: `proxy`, `threads`, and `dispatcher` for undici's agents with TLS options. */
export type NodeCosOptions = CosOptions & NodeRuntimeOptions;

/** A client that also knows folders. */
export class NodeCosClient extends CosClient {
  /**
   * Uploads every file below a directory. One file's failure does not stop the others; the result names it.
   * @throws {TypeError} {@link RangeError} a wrong parameter
   * @throws {SourceError} the directory itself cannot be read
   */
  async uploadDirectory(parameters: UploadDirectoryParameters): Promise<UploadDirectoryResult> {
    const { LocalDirectoryPath, followSymlinks, include, exclude, onProgress, signal } = parameters;
    const entries = walkFiles(fileSystem, LocalDirectoryPath, {
      followSymlinks,
      signal,
      sizes: onProgress !== undefined,
    });
    return uploadDirectory(this, parameters, entries, await matcher({ include, exclude }));
  }
}

/**
 * Makes a client. Nothing is sent and no memory is taken until it is used.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 * @throws {Error} the program runs in Deno; the message names the package that is meant
 *
 * @example
 * ```ts
 * const cos = createCos({ Region: "ap-guangzhou", SecretId, SecretKey });
 * await cos.uploadFile({ Bucket: "examplebucket-1250000000", Key: "big.bin", LocalFilePath: "./big.bin" });
 * ```
 */
export function createCos(options: NodeCosOptions): NodeCosClient {
  // Deno runs most of it, but its `node:fs` differs where a folder is read.
  if ("Deno" in globalThis) throw new Error("@cosup/node runs in Node and Bun: use @cosup/deno in Deno");
  const { dispatcher, proxy, threads, ...forCore } = options;
  return new NodeCosClient(createNodeRuntime({ dispatcher, proxy, threads }), forCore);
}
