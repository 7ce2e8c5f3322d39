import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Database } from "node-sqlite3-wasm";

/** Does something with the database of a data directory that no emulator uses. */
function withDatabase<T>(data: string, work: (database: Database) => T): T {
  const database = new Database(join(data, "cosup-emulator.sqlite"));
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    return work(database);
  } finally {
    database.close();
  }
}

/** Runs SQL. */
export async function execute(data: string, sql: string): Promise<void> {
  withDatabase(data, (database) => database.exec(sql));
}

/** Changes what the last run has noted for the next one. */
export async function note(data: string, name: string, value: string): Promise<void> {
  withDatabase(data, (database) => database.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value]));
}

/** As if the system had been started again since. */
export async function pretendPowerCut(data: string): Promise<void> {
  await note(data, "boot", "another");
}

/** Replaces the database by a file for each record, as the first layout had them. */
export async function toLayout1(data: string): Promise<void> {
  const files = withDatabase(data, (database) => {
    const texts = new Map<string, string>();
    for (const { id, name, record } of database.all("SELECT * FROM buckets")) {
      const bucket = join("buckets", String(name));
      texts.set(join(bucket, "bucket.json"), String(record));
      for (const { key, history } of database.all("SELECT * FROM histories WHERE bucket = ?", [Number(id)])) {
        const hash = createHash("sha256").update(key as Uint8Array);
        texts.set(join(bucket, "objects", `${hash.digest("hex")}.json`), String(history));
      }
      for (const upload of database.all("SELECT * FROM uploads WHERE bucket = ?", [Number(id)])) {
        texts.set(join(bucket, "uploads", String(upload.id), "upload.json"), String(upload.record));
      }
      for (const part of database.all("SELECT * FROM parts WHERE bucket = ?", [Number(id)])) {
        texts.set(join(bucket, "uploads", String(part.upload), `${part.number}.json`), String(part.record));
      }
    }
    return texts;
  });
  await rm(join(data, "cosup-emulator.sqlite"));
  await rm(join(data, "buckets"), { recursive: true, force: true });
  files.set("cosup-emulator.json", '{"layout":1}');
  for (const [name, text] of files) {
    await mkdir(dirname(join(data, name)), { recursive: true });
    await writeFile(join(data, name), text);
  }
}
