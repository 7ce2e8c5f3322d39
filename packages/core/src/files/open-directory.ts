import { withDescriptor } from "./descriptors.ts";
import type { DirectoryNames, FileSystem, IdentifiedDirectory } from "./file-system.ts";

/** A directory whose names can be read. */
export interface OpenDirectory extends IdentifiedDirectory {
  /** Opens the list of its names; closing the directory does not close the list. */
  names(): Promise<DirectoryNames>;
  close(): void;
}

/**
 * Opens a directory. On Linux, its path is read from the open descriptor, and its names are read through that descriptor:
 * a link that takes its place meanwhile has no effect. Elsewhere, its path is examined before and after.
 */
export async function openDirectory(
  fileSystem: FileSystem,
  path: string,
  signal: AbortSignal | undefined,
): Promise<OpenDirectory> {
  const pinned = await withDescriptor(() => fileSystem.pinDirectory(path), signal);
  if (pinned === undefined) return examineDirectory(fileSystem, path, signal);
  const { realPath, identity } = pinned;
  return {
    realPath,
    identity,
    names: () => withDescriptor(() => fileSystem.openNames(pinned.path), signal),
    close: () => pinned.close(),
  };
}

async function examineDirectory(
  fileSystem: FileSystem,
  path: string,
  signal: AbortSignal | undefined,
): Promise<OpenDirectory> {
  const realPath = await fileSystem.realPath(path);
  const identity = await fileSystem.identify(realPath);
  return {
    realPath,
    identity,
    names: async () => {
      const names = await withDescriptor(() => fileSystem.openNames(realPath), signal);
      try {
        const now = await fileSystem.identify(realPath);
        if (now === identity && (await fileSystem.realPath(realPath)) === realPath) return names;
        throw new Error(`${path} was replaced while it was being opened`);
      } catch (error) {
        await names.close();
        throw error;
      }
    },
    close: () => {},
  };
}
