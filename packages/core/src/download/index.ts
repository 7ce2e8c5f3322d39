/**
 * The download of an object to a file, over the files that an adapter provides. Programs import it from their adapter:
 * `@cosup/node/download` or `@cosup/deno/download`.
 *
 * @module
 */
export type { RandomAccessFile, RandomAccessFiles, WriteFailure } from "../files/random-access.ts";
export { type DownloadCall, downloadToFile } from "./download-file.ts";
export type { LocalFiles } from "./local-files.ts";
export type {
  DownloadFileParameters,
  DownloadProgressCallback,
  DownloadResult,
  DownloadResumeMode,
} from "./parameters.ts";
export { TargetError } from "./target-error.ts";
