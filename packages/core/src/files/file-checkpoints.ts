import { ArgumentTypeError } from "../errors.ts";
import type { CheckpointLock, CheckpointStore } from "../runtime/checkpoint-store.ts";
import { withDescriptor } from "./descriptors.ts";
import type { FileSystem } from "./file-system.ts";
import { joinPath } from "./paths.ts";

/** What a store of checkpoint files needs. */
export interface CheckpointFiles {
  readonly fileSystem: FileSystem;
  /** The absolute path of their directory. Called by every operation; it may throw a CheckpointError. */
  readonly directory: () => string;
  /** Takes a lock file; undefined if another upload holds it. */
  readonly acquireLock: (path: string) => Promise<CheckpointLock | undefined>;
}

/**
 * Checkpoints as files of one directory: `<id>.json`, and `<id>.lock` while an upload runs. A crash at any instant leaves
 * the old text or the new one, because a text is written to a draft, synced, and then renamed.
 */
export function checkpointFiles(files: CheckpointFiles): CheckpointStore {
  const { fileSystem } = files;
  const pathOf = (directory: string, id: string, ending: string): string =>
    joinPath(fileSystem, directory, fileName(id, ending));
  return {
    load: async (id) => {
      const path = pathOf(files.directory(), id, ".json");
      try {
        return await withDescriptor(() => fileSystem.readText(path));
      } catch (error) {
        if (fileSystem.kindOf(error) === "not-found") return undefined;
        throw error;
      }
    },
    save: async (id, text) => {
      const directory = files.directory();
      const path = pathOf(directory, id, ".json");
      await withDescriptor(() => save(fileSystem, directory, path, text));
    },
    remove: async (id) => {
      await fileSystem.remove(pathOf(files.directory(), id, ".json"));
    },
    lock: async (id) => {
      const directory = files.directory();
      const path = pathOf(directory, id, ".lock");
      await fileSystem.makeDirectory(directory);
      const lock = await files.acquireLock(path);
      if (lock !== undefined) {
        // An error here would lose the lock that is held, and exclude this process until it ends.
        await removeDrafts(fileSystem, directory, id).catch(() => {});
      }
      return lock;
    },
  };
}

function fileName(id: string, ending: string): string {
  // No id may lead out of the directory.
  if (!/^[0-9a-f]{1,128}$/.test(id)) throw new ArgumentTypeError("id", "a lower-case hex string");
  return id + ending;
}

async function save(fileSystem: FileSystem, directory: string, path: string, text: string): Promise<void> {
  await fileSystem.makeDirectory(directory);
  const draft = `${path}.${fileSystem.randomToken()}.tmp`;
  try {
    await fileSystem.writeNew(draft, text);
    await fileSystem.rename(draft, path);
  } catch (error) {
    await fileSystem.remove(draft).catch(() => {});
    throw error;
  }
  // Makes the rename durable.
  await fileSystem.syncDirectory(directory);
}

/** Removes what a crash during `save` left. The holder of the lock knows that no other process is saving. */
async function removeDrafts(fileSystem: FileSystem, directory: string, id: string): Promise<void> {
  const names = await fileSystem.names(directory);
  const drafts = names.filter((name) => name.startsWith(`${id}.json.`) && name.endsWith(".tmp"));
  await Promise.all(drafts.map((name) => fileSystem.remove(joinPath(fileSystem, directory, name))));
}
