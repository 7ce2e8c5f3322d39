/**
 * Uploads of whole folders (batch upload in Tencent's document). Only runtimes with a file system import it.
 *
 * @module
 */
export type { FileEntry, Place, SkippedEntry, SkipReason, WalkEntry } from "../files/walk-entry.ts";
export { type GlobOptions, globMatcher, type IsWanted, type Matches } from "./globs.ts";
export { checkListFolder, type FolderEntry, type ListFolderOptions, listFolder } from "./list-folder.ts";
export type { FileResult, UploadDirectoryParameters, UploadDirectoryResult } from "./parameters.ts";
export { uploadDirectory } from "./upload-directory.ts";
