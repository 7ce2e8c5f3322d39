import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";

/** Suffix of files that a crash may leave incomplete; recovery deletes them. */
export const TEMPORARY = ".tmp";

/** Replaces a record atomically: a reader, or the next start, sees the old record or the new one. */
export async function writeJson(path: string, record: unknown, fsync: boolean): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}${TEMPORARY}`;
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(JSON.stringify(record));
      if (fsync) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a record, or undefined if it is missing or not JSON: a power cut can leave an unflushed file empty. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}
