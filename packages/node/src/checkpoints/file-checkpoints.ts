import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ArgumentTypeError } from "@cosup/core";
import type { CheckpointStore } from "@cosup/core/runtime";
import { withDescriptor } from "../descriptors.ts";
import { errorCode } from "../error-code.ts";
import { defaultCheckpointDirectory } from "./default-directory.ts";
import { acquireLock } from "./file-lock.ts";

/**
 * Checkpoints as files of `directory`: `<id>.json`, readable by this user alone, and `<id>.lock` while an upload
 * runs. A crash at any instant leaves the old text or the new one.
 * @param directory default: {@link defaultCheckpointDirectory}, looked up by the first upload. Where there is none, each
 *   upload warns (`checkpoint-degraded`) and goes on without a checkpoint, as with a directory that cannot be written.
 */
export function fileCheckpoints(directory?: string): CheckpointStore {
  // Given ones are absolute from here on: the working directory may be another later.
  const given = directory === undefined ? undefined : resolve(directory);
  const rootOf = (): string => given ?? defaultCheckpointDirectory();
  return {
    load: async (id) => {
      const root = rootOf();
      try {
        return await withDescriptor(() => readFile(fileOf(root, id, ".json"), "utf8"));
      } catch (error) {
        if (errorCode(error) === "ENOENT") {
          return undefined;
        }
        throw error;
      }
    },
    save: async (id, text) => {
      const root = rootOf();
      await withDescriptor(() => save(root, id, text));
    },
    remove: async (id) => {
      await rm(fileOf(rootOf(), id, ".json"), { force: true });
    },
    lock: async (id) => {
      const root = rootOf();
      const path = fileOf(root, id, ".lock");
      await makeDirectory(root);
      const lock = await withDescriptor(() => acquireLock(path));
      if (lock !== undefined) {
        // An error here would lose the lock that is held, and lock this process out until it ends.
        await sweep(root, id).catch(() => {});
      }
      return lock;
    },
  };
}

function fileOf(root: string, id: string, ending: string): string {
  // The id becomes a file name: nothing that could lead out of the directory.
  if (!/^[0-9a-f]{1,128}$/.test(id)) {
    throw new ArgumentTypeError("id", "a lower-case hex string");
  }
  return join(root, `${id}${ending}`);
}

async function makeDirectory(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
}

async function save(root: string, id: string, text: string): Promise<void> {
  const path = fileOf(root, id, ".json");
  await makeDirectory(root);
  const draft = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      // Without it, a power cut after the rename may leave an empty file under the final name.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncDirectory(root);
}

/** Makes the rename itself durable. Windows and some network mounts cannot; the text is whole there all the same. */
async function syncDirectory(root: string): Promise<void> {
  try {
    const handle = await open(root, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP", "EBADF"].includes(errorCode(error) ?? "")) {
      throw error;
    }
  }
}

/** Removes what a crash in the middle of `save` left; whoever holds the lock knows that nobody is saving. */
async function sweep(root: string, id: string): Promise<void> {
  const names = await readdir(root);
  const left = names.filter((name) => name.startsWith(`${id}.json.`) && name.endsWith(".tmp"));
  await Promise.all(left.map((name) => rm(join(root, name), { force: true })));
}
