/**
 * Uploading a whole folder: what the document calls batch upload. Only runtimes with a file system import it.
 *
 * @module
 */
export { type GlobOptions, globMatcher, type Matches } from "./globs.ts";
export {
  type FileResult,
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
  uploadDirectory,
} from "./upload-directory.ts";
export type { SkipReason, WalkEntry } from "./walk-entry.ts";
