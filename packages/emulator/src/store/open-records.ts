import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "node-sqlite3-wasm";
import { DATABASE, initialise, isInitialised, openDatabase } from "./database.ts";
import { DatabaseRecords } from "./database-records.ts";
import { copyRecords, removeRecords } from "./layout-1.ts";
import { makeDirectories } from "./make-directories.ts";
import { claimDirectory } from "./ownership.ts";
import { BUCKET_RECORD } from "./remains.ts";

/** A fact of a database: the records of the earlier layout are still there, too. */
const MIGRATED = "migrated";
/**
 * The name of a folder in place of the buckets of the earlier layout. Versions of that layout would find no records, and then
 * delete all data files; this one they cannot read, so they end with an error that names it.
 */
const GUARD = "moved-2";

/**
 * Opens the records of a directory that the caller has locked and checked. Those of the earlier layout are copied into a new
 * database first, in one transaction, and deleted only once that is complete.
 *
 * @throws {DataDamagedError} if a record cannot be read; nothing is changed
 */
export async function openRecords(directory: string, fsync: boolean): Promise<DatabaseRecords> {
  const path = join(directory, DATABASE);
  const database = await openDatabase(path, fsync);
  let isNew = false;
  try {
    isNew = !isInitialised(database, path);
    if (isNew) await initialise(database, () => migrate(database, join(directory, "buckets")));
    return new DatabaseRecords(database);
  } catch (error) {
    database.close();
    if (isNew) for (const end of ["", "-wal"]) await rm(`${path}${end}`, { force: true });
    throw error;
  }
}

async function migrate(database: Database, buckets: string): Promise<void> {
  const records = new DatabaseRecords(database);
  try {
    await copyRecords(buckets, records);
    records.writes.fact(MIGRATED, "true");
  } finally {
    records.finalize();
  }
}

/** Ends a migration, once everything that the records need was found. */
export async function finishMigration(
  directory: string,
  records: DatabaseRecords,
  fsync: boolean,
): Promise<void> {
  if (records.fact(MIGRATED) === "true") {
    const buckets = join(directory, "buckets");
    const guard = join(buckets, GUARD);
    await removeRecords(buckets);
    await makeDirectories(guard);
    const text = `the records are in ${DATABASE}, which needs a later version of the emulator`;
    await writeFile(join(guard, BUCKET_RECORD), JSON.stringify({ moved: text }));
    records.note(MIGRATED, "false");
  }
  await claimDirectory(directory, fsync);
}
