import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm } from "node:fs/promises";
import { devNull } from "node:os";
import { dirname } from "node:path";
import { makeDirectories } from "../make-directories.ts";
import { ConfigError } from "./config-error.ts";
import { readSmallFile } from "./read-small-file.ts";

/**
 * Replaces the configuration in one step, readable by its owner alone. A symbolic link stays, and the file that it leads to
 * is replaced.
 * @param before the text that was read; undefined: there was no file
 * @throws {ConfigError} it cannot be written, or somebody else has changed it since
 */
export async function saveConfig(path: string, before: string | undefined, after: string): Promise<void> {
  if (path === devNull) throw new ConfigError(`${path} (COSUP_CONFIG) keeps nothing: name another file`);
  const target = await realpath(path).catch(() => path);
  try {
    await makeDirectories(dirname(target), 0o700);
    await replace(target, after, async () => {
      if ((await readSmallFile(path))?.text !== before)
        throw new ConfigError(`${path} has been changed meanwhile: run the command again`);
    });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

async function replace(target: string, text: string, check: () => Promise<void>): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await check();
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
