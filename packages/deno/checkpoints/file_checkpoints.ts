import { CheckpointError, type CheckpointStore } from "@cosup/core";
import { checkpointFiles } from "@cosup/core/files";
import { fileSystem } from "../file_system.ts";
import { absolute, fromFileUrl } from "../paths.ts";
import { flagFor, isNotCapable } from "../permissions.ts";
import { defaultCheckpointDirectory } from "./default_directory.ts";
import { acquireLimitedLock } from "./lock_places.ts";

/**
 * Keeps checkpoints as files of `directory`: `<id>.json`, readable by this user alone, and `<id>.lock` while an upload
 * runs. A crash at any instant leaves the old text or the new one. `@cosup/node` reads the same files: either resumes
 * what the other began. At most 32 uploads of a process hold the lock of their checkpoint at once; others wait. Needs
 * `--allow-read=DIR` and `--allow-write=DIR`.
 * @param directory default: {@link defaultCheckpointDirectory}, looked up by the first upload. Where there is none, each
 *   upload warns (`checkpoint-degraded`) and goes on without a checkpoint, as with a directory that cannot be written.
 *
 * @example
 * ```ts
 * import { fileCheckpoints } from "@cosup/deno";
 *
 * const checkpoints = fileCheckpoints("./checkpoints");
 * ```
 */
export function fileCheckpoints(directory?: string | URL): CheckpointStore {
  const path = directory instanceof URL ? fromFileUrl(directory, "checkpoints") : directory;
  const given = path === undefined ? undefined : absolute(path);
  const rootOf = (): string => given ?? defaultCheckpointDirectory();
  const store = checkpointFiles({ fileSystem, directory: rootOf, acquireLock: acquireLimitedLock });
  return {
    load: (id) => permitted(rootOf, () => store.load(id)),
    save: (id, text) => permitted(rootOf, () => store.save(id, text)),
    remove: (id) => permitted(rootOf, () => store.remove(id)),
    lock: (id) => permitted(rootOf, () => store.lock(id)),
  };
}

/** Names the missing permission, because Deno's own message does not say for which path to give it. */
async function permitted<T>(rootOf: () => string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isNotCapable(error)) throw error;
    const root = rootOf();
    throw new CheckpointError(
      `Deno may not keep checkpoints in ${root}: grant it with ${flagFor(error, root)}`,
      "checkpoint-unusable",
      error,
    );
  }
}
