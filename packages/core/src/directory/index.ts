/**
 * Uploading a whole folder: what the document calls batch upload. Only runtimes with a file system import it.
 *
 * @module
 */
export { isLossy, LossyNames } from "../files/lossy-names.ts";
export { OpenFiles, type Suspendable } from "../files/open-files.ts";
export { isStateContent, STATE_FILE_HEAD_BYTES, stateFileName } from "../files/state-file.ts";
export { type GlobOptions, globMatcher, type Matches } from "./globs.ts";
export {
  type FileResult,
  type UploadDirectoryParameters,
  type UploadDirectoryResult,
  uploadDirectory,
} from "./upload-directory.ts";
export type { SkipReason, WalkEntry } from "./walk-entry.ts";
