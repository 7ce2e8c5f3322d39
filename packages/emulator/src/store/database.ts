import { rmdir, stat } from "node:fs/promises";
import type { Database } from "node-sqlite3-wasm";
import { once } from "../libraries.ts";
import { DataDamagedError, isAbsent } from "./data-errors.ts";

/** Name of the file with all records; SQLite keeps others beside it that begin like it. */
export const DATABASE = "cosup-emulator.sqlite";
/** "cosu": tells the file from a database of somebody else. */
const APPLICATION = 0x63_6f_73_75;
/** Of the tables. 1 was the layout that had a file for each record. */
export const LAYOUT = 2;
/** Pages in the WAL before they move to the database, which flushes both: 16 MiB. */
const CHECKPOINT_PAGES = 4_000;

// Keys are BLOBs, so that they are compared as COS does, and may contain any character.
const TABLES = `
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE buckets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
  CREATE TABLE histories (bucket INTEGER, key BLOB, history TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
  CREATE TABLE uploads (bucket INTEGER, id TEXT, record TEXT NOT NULL, PRIMARY KEY (bucket, id)) WITHOUT ROWID;
  CREATE TABLE parts (bucket INTEGER, upload TEXT, number INTEGER, record TEXT NOT NULL,
    PRIMARY KEY (bucket, upload, number)) WITHOUT ROWID;
  CREATE TABLE files (file TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Whether there is a database; it may be empty. */
export async function hasDatabase(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw new DataDamagedError(path, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Opens the database of a directory whose lock the caller has. It is loaded here, and nowhere else: without a data directory
 * nobody needs it.
 * @param fsync flush each commit to the device; otherwise a power cut may take the last ones, but never a part of one
 * @throws {DataDamagedError} it is not a database of the emulator, or of a later version
 */
export async function openDatabase(path: string, fsync: boolean): Promise<Database> {
  const library = await loadLibrary();
  // The library's own lock, which a killed process leaves.
  await rmdir(`${path}.lock`).catch(() => {});
  let database: Database | undefined;
  try {
    database = new library.Database(path);
    prepare(database, fsync);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    if (error instanceof DataDamagedError) throw error;
    throw new DataDamagedError(path, `cannot be read as a database: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** It is CommonJS: Node has what it exports below `default`, and bundlers have it beside that, too. */
export const loadLibrary = once(async (): Promise<typeof import("node-sqlite3-wasm")> => {
  try {
    const library: LoadedLibrary = await import("node-sqlite3-wasm");
    return library.default ?? library;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `node-sqlite3-wasm, which a data directory needs, cannot be loaded: ${reason}; without the option data, everything is in memory`,
      { cause: error },
    );
  }
});

type LoadedLibrary = typeof import("node-sqlite3-wasm") & {
  readonly default?: typeof import("node-sqlite3-wasm");
};

function prepare(database: Database, fsync: boolean): void {
  // Before anything else: with it, the WAL needs no memory that processes share.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  database.exec(`PRAGMA synchronous = ${fsync ? "FULL" : "NORMAL"}`);
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec("PRAGMA cache_size = -8192");
}

/**
 * Whether the database has its tables and all that was migrated into them.
 *
 * @throws {DataDamagedError} it is of somebody else, or of a later version
 */
export function isInitialised(database: Database, path: string): boolean {
  const version = numberOf(database, "PRAGMA user_version");
  const application = numberOf(database, "PRAGMA application_id");
  const isEmpty = numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
  if (isEmpty && application === 0 && version === 0) return false;
  if (application !== APPLICATION) throw new DataDamagedError(path, "is not a database of the emulator");
  if (version === LAYOUT) return true;
  throw new DataDamagedError(
    path,
    `is of a later version of the emulator (layout ${version}, known is ${LAYOUT}): use that version, or another data directory`,
  );
}

/** Creates the tables and fills them. A crash leaves an empty database, or all of it; a power cut too. */
export async function initialise(database: Database, fill: () => Promise<void>): Promise<void> {
  const synchronous = numberOf(database, "PRAGMA synchronous");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("BEGIN");
  try {
    database.exec(TABLES);
    await fill();
    database.exec(`PRAGMA application_id = ${APPLICATION}`);
    database.exec(`PRAGMA user_version = ${LAYOUT}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
  database.exec(`PRAGMA synchronous = ${synchronous}`);
}

function numberOf(database: Database, sql: string): number {
  const [row = {}] = database.all(sql);
  return Number(Object.values(row)[0]);
}
