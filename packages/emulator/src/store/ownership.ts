import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_NAME } from "../request/address.ts";
import { DataDamagedError, DataForeignError, isAbsent } from "./data-errors.ts";
import { DATABASE, hasDatabase, LAYOUT } from "./database.ts";
import { isUnfinished, writeJson } from "./json-file.ts";
import { hasBucket } from "./layout-1.ts";
import { contentsOf, namesIn, OBJECTS, UPLOADS } from "./remains.ts";

/** Name of the file that tells a directory of the emulator from one of somebody else. */
const MARKER = "cosup-emulator.json";

/**
 * Checks that a directory is one of the emulator, or can become one. A start deletes data files without a record, which
 * could be files of somebody else in folders of the same names.
 *
 * @throws {DataForeignError} it has files of somebody else
 * @throws {DataDamagedError} its records are missing, or of a later version
 */
export async function checkOwnership(directory: string): Promise<void> {
  const marker = join(directory, MARKER);
  const layout = await layoutOf(marker);
  const database = join(directory, DATABASE);
  const hasRecords = await hasDatabase(database);
  if (layout !== undefined && layout > LAYOUT) {
    const advice = "use that version, or another data directory";
    throw new DataDamagedError(marker, `is of a later version of the emulator (layout ${layout}): ${advice}`);
  }
  if (layout === LAYOUT && !hasRecords) {
    const advice = "restore the file, or delete the directory";
    throw new DataDamagedError(database, `is missing, and with it the records of all objects: ${advice}`);
  }
  if (layout === undefined && !hasRecords) await checkContents(directory);
}

/** Marks a directory whose database is complete. */
export async function claimDirectory(directory: string, fsync: boolean): Promise<void> {
  const marker = join(directory, MARKER);
  if ((await layoutOf(marker)) !== LAYOUT) await writeJson(marker, { layout: LAYOUT }, fsync);
  for (const name of await readdir(directory)) {
    if (name.startsWith(MARKER) && isUnfinished(name)) await rm(join(directory, name), { force: true });
  }
}

/** Undefined: there is no marker, or a power cut has left it empty. */
async function layoutOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isAbsent(error)) return "";
    throw new DataDamagedError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
  });
  try {
    const { layout } = JSON.parse(text) as { layout?: unknown };
    return typeof layout === "number" ? layout : undefined;
  } catch {
    return undefined;
  }
}

async function checkContents(directory: string): Promise<void> {
  const buckets = join(directory, "buckets");
  const names = await contentsOf(buckets);
  if (await hasBucket(buckets)) return;
  for (const name of names) {
    if (!(await isUnfinishedBucket(join(buckets, name), name))) throw new DataForeignError(buckets);
  }
  const data = join(directory, "data");
  if ((await contentsOf(data)).length > 0) throw new DataForeignError(data);
}

/** Whether a crash can have left it when a bucket was created or deleted. */
async function isUnfinishedBucket(folder: string, name: string): Promise<boolean> {
  const inside = await namesIn(folder);
  return (
    BUCKET_NAME.test(name) &&
    inside.every((part) => part === OBJECTS || part === UPLOADS || isUnfinished(part))
  );
}
