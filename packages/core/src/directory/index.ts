/**
 * Uploading a whole folder: what the document calls batch upload. Only runtimes with a file system import it.
 *
 * @module
 */
export {
  type FileResult,
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
  uploadDirectory,
} from "./upload-directory.ts";
export type { WalkEntry } from "./walk-entry.ts";
