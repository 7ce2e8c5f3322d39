/**
 * Folders and checkpoint files, over a {@link FileSystem} that an adapter provides. Only adapters for runtimes with a file
 * system import it.
 *
 * @module
 */
export { isTableFull, openFiles, withDescriptor } from "./descriptors.ts";
export { type CheckpointFiles, checkpointFiles } from "./file-checkpoints.ts";
export { type FileHandles, FileSource, type FileSourceOptions } from "./file-source.ts";
export { type FileState, stateChange } from "./file-state.ts";
export type {
  DirectoryName,
  DirectoryNames,
  FileErrorKind,
  FileStatus,
  FileSystem,
  IdentifiedDirectory,
  PinnedDirectory,
} from "./file-system.ts";
export {
  formatLock,
  LOCK_ABANDONED_MS,
  LOCK_HEARTBEAT_MS,
  type LockContent,
  parseLock,
  UNREADABLE_TOKEN,
} from "./lock-format.ts";
export { replaceAlone } from "./lock-guard.ts";
export { OpenFiles, type OpenFilesOptions, type Suspendable } from "./open-files.ts";
export { isPathInput, type PathInput } from "./path-input.ts";
export { joinPath } from "./paths.ts";
export {
  behindLink,
  directoryGiven,
  isExplained,
  notRegular,
  nullCharacter,
  socketGiven,
} from "./source-errors.ts";
export { type StateLookup, stateDirectory } from "./state-directory.ts";
export { type WalkOptions, type WalkOrder, walkFiles } from "./walk.ts";
export type { FileEntry, Place, SkippedEntry, SkipReason, WalkEntry } from "./walk-entry.ts";
