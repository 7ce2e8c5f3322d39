import { ArgumentTypeError, CheckpointError } from "@cosup/core";
import type { CheckpointStore } from "@cosup/core/runtime";
import { withDescriptor } from "../descriptors.ts";
import { absolute, fromFileUrl, join } from "../paths.ts";
import { flagFor, isNotCapable } from "../permissions.ts";
import { acquireLock } from "./file_lock.ts";
import { takePlace } from "./lock_places.ts";
import { randomToken } from "./random_token.ts";

/**
 * Checkpoints as files of `directory`: `<id>.json`, readable by this user alone, and `<id>.lock` while an upload
 * runs. A crash at any instant leaves the old text or the new one. `@cosup/node` reads the same files: either goes on
 * with what the other began. At most 32 uploads of a process hold the lock of their checkpoint at once; others wait. Needs
 * `--allow-read=DIR` and `--allow-write=DIR`.
 *
 * @example
 * ```ts
 * import { fileCheckpoints } from "@cosup/deno";
 *
 * const checkpoints = fileCheckpoints("./checkpoints");
 * ```
 */
export function fileCheckpoints(directory: string | URL): CheckpointStore {
  const root = absolute(typeof directory === "string" ? directory : fromFileUrl(directory));
  return {
    load: (id) => permitted(root, () => withDescriptor(() => load(fileOf(root, id, ".json")))),
    save: (id, text) =>
      permitted(root, () => withDescriptor(() => save(root, fileOf(root, id, ".json"), text))),
    remove: (id) => permitted(root, () => removeIfThere(fileOf(root, id, ".json"))),
    lock: (id) =>
      permitted(root, async () => {
        const path = fileOf(root, id, ".lock");
        const leave = await takePlace();
        try {
          await makeDirectory(root);
          const lock = await withDescriptor(() => acquireLock(path));
          if (lock === undefined) {
            leave();
            return undefined;
          }
          // An error here would lose the lock that is held, and lock this process out until it ends.
          await sweep(root, id).catch(() => {});
          return { release: () => lock.release().finally(leave) };
        } catch (error) {
          leave();
          throw error;
        }
      }),
  };
}

/** Says which permission is missing, where Deno's own message leaves the path to be guessed. */
async function permitted<T>(root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isNotCapable(error)) throw error;
    throw new CheckpointError(
      `Deno may not keep checkpoints in ${root}: grant it with ${flagFor(error, root)}`,
      "checkpoint-unusable",
      error,
    );
  }
}

function fileOf(root: string, id: string, ending: string): string {
  // The id becomes a file name: nothing that could lead out of the directory.
  if (!/^[0-9a-f]{1,128}$/.test(id)) throw new ArgumentTypeError("id", "a lower-case hex string");
  return join(root, `${id}${ending}`);
}

async function makeDirectory(root: string): Promise<void> {
  await Deno.mkdir(root, { recursive: true, mode: 0o700 });
}

async function load(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function save(root: string, path: string, text: string): Promise<void> {
  await makeDirectory(root);
  const draft = `${path}.${randomToken()}.tmp`;
  try {
    const file = await Deno.open(draft, { write: true, createNew: true, mode: 0o600 });
    try {
      await writeAll(file, new TextEncoder().encode(text));
      // Without it, a power cut after the rename may leave an empty file under the final name.
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(draft, path);
  } catch (error) {
    await removeIfThere(draft).catch(() => {});
    throw error;
  }
  await syncDirectory(root);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Makes the rename itself durable. Windows and some network mounts cannot; the text is whole there all the same. */
async function syncDirectory(root: string): Promise<void> {
  try {
    using directory = await Deno.open(root, { read: true });
    await directory.sync();
  } catch {
    // Nothing is lost but the last save, and only in a power cut.
  }
}

/** Removes what a crash in the middle of `save` left; whoever holds the lock knows that nobody is saving. */
async function sweep(root: string, id: string): Promise<void> {
  for await (const { name } of Deno.readDir(root)) {
    if (name.startsWith(`${id}.json.`) && name.endsWith(".tmp")) await removeIfThere(join(root, name));
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
