import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CheckpointStore } from "@cosup/core";
import { checkpointFiles, withDescriptor } from "@cosup/core/files";
import { fileSystem } from "../file-system.ts";
import { defaultCheckpointDirectory } from "./default-directory.ts";
import { acquireLock } from "./file-lock.ts";

/**
 * Keeps checkpoints as files of `directory`: `<id>.json`, readable by this user alone, and `<id>.lock` while an upload
 * runs. A crash at any instant leaves the old text or the new one. `@cosup/deno` reads the same files.
 * @param directory a path or a `file:` URL; default: {@link defaultCheckpointDirectory}, looked up by the first upload. Where there is none, each
 *   upload warns (`checkpoint-degraded`) and goes on without a checkpoint, as with a directory that cannot be written.
 */
export function fileCheckpoints(directory?: string | URL): CheckpointStore {
  const path = directory instanceof URL ? fileURLToPath(directory) : directory;
  // Absolute from now on, because the working directory may change.
  const given = path === undefined ? undefined : resolve(path);
  return checkpointFiles({
    fileSystem,
    directory: () => given ?? defaultCheckpointDirectory(),
    acquireLock: (path) => withDescriptor(() => acquireLock(path)),
  });
}
