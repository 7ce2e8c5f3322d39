import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { DataDamagedError, isAbsent } from "./data-errors.ts";

/** Suffix of what a crash may leave incomplete; the next start deletes it. */
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

/** Whether a file is one that `writeJson` did not finish. */
export function isUnfinished(name: string): boolean {
  return /\.json\.[0-9a-f]{12}\.tmp$/.test(name);
}

/**
 * Reads a record, or undefined if it is missing or not JSON: a power cut can leave an unflushed file empty.
 *
 * @throws {DataDamagedError} if it cannot be read, or is JSON of another form
 */
export async function readRecord<T>(
  path: string,
  isRecord: (value: unknown) => value is T,
): Promise<T | undefined> {
  const value = await readJson(path);
  if (value === undefined || isRecord(value)) return value;
  throw new DataDamagedError(path, "is not a record of the emulator");
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isAbsent(error)) return "";
    throw new DataDamagedError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
