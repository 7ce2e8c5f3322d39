import type { Database, Statement } from "node-sqlite3-wasm";
import { FOLDERS, readFolders } from "./database-folders.ts";
import { BucketNumbers, DatabaseWrites } from "./database-writes.ts";
import { type Folding, foldKeys, type Listed } from "./folders.ts";
import { type History, readHistory, type StoredHistory } from "./history.ts";
import { type Place, placeAfter } from "./key-order.ts";
import type { RecordStore, RecordWrites, StoredBucket, StoredUpload } from "./medium.ts";
import type { BucketRecord, PartRecord, UploadRecord } from "./records.ts";

/** Keys that are read at once, if that many are wanted: a page of a listing, and the key that tells whether more follow. */
const PAGE = 1_001;
/** More JSON is not read at once. Objects of very many parts or versions have long records. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** So few are read without a look at their length. */
const FEW = 8;

const KEYS = "FROM histories WHERE bucket = ? AND key >= ?";
const SQL = {
  history: "SELECT history FROM histories WHERE bucket = ? AND key = ?",
  count: "SELECT count(*) AS count FROM histories WHERE bucket = ?",
  any: "SELECT 1 FROM histories WHERE bucket = ? LIMIT 1",
  bytes: `SELECT total(octet_length(history)) AS bytes FROM (SELECT history ${KEYS} ORDER BY key LIMIT ?)`,
  // One text for all rows: to take them out one by one would last longer than all the rest.
  page: `SELECT '[' || coalesce(group_concat(history, ','), '') || ']' AS page
    FROM (SELECT history ${KEYS} ORDER BY key LIMIT ?)`,
  folders: FOLDERS,
  file: "SELECT 1 FROM files WHERE file = ?",
  fact: "SELECT value FROM facts WHERE name = ?",
} as const;

/** A fact: whether each data file belonged to a record when the last run ended. */
export const ENDED = "ended";

interface Waiting {
  readonly changes: (writes: RecordWrites) => void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Records in a database of SQLite, which has few of them in memory. It reads and writes in the thread of the program. */
export class DatabaseRecords implements RecordStore {
  readonly writes: DatabaseWrites;
  readonly #database: Database;
  readonly #numbers = new BucketNumbers();
  readonly #statements: Readonly<Record<keyof typeof SQL, Statement>>;
  /** Of buckets that somebody has asked for: it takes a second for a million keys. */
  readonly #counts = new Map<string, number>();
  #waiting: Waiting[] = [];
  #isClosed = false;

  /** @param database with its tables */
  constructor(database: Database) {
    this.#database = database;
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared);
    for (const { id, name } of database.all("SELECT id, name FROM buckets")) {
      this.#numbers.set(String(name), Number(id));
    }
    this.writes = new DatabaseWrites(database, this.#numbers);
  }

  buckets(): readonly StoredBucket[] {
    return this.#rows("SELECT record FROM buckets").map((text) => {
      const record = JSON.parse(text) as BucketRecord;
      return { record, uploads: this.#uploadsOf(record.name) };
    });
  }

  #uploadsOf(bucket: string): StoredUpload[] {
    const number = this.#numbers.of(bucket);
    return this.#rows("SELECT record FROM uploads WHERE bucket = ?", [number]).map((text) => {
      const record = JSON.parse(text) as UploadRecord;
      const sql = "SELECT record FROM parts WHERE bucket = ? AND upload = ? ORDER BY number";
      const parts = this.#rows(sql, [number, record.uploadId]);
      return { record, parts: parts.map((part) => JSON.parse(part) as PartRecord) };
    });
  }

  history(bucket: string, key: string): History {
    const row = this.#row("history", [this.#numbers.of(bucket), Buffer.from(key)]);
    return row === undefined ? [] : readHistory(JSON.parse(String(row.history)) as StoredHistory);
  }

  count(bucket: string): number {
    const known = this.#counts.get(bucket);
    if (known !== undefined) return known;
    const count = Number(this.#row("count", [this.#numbers.of(bucket)])?.count);
    this.#counts.set(bucket, count);
    return count;
  }

  isEmpty(bucket: string): boolean {
    return this.#row("any", [this.#numbers.of(bucket)]) === undefined;
  }

  *histories(bucket: string, from: Place, wanted: number): Generator<readonly [string, History]> {
    const number = this.#numbers.of(bucket);
    let place = from;
    for (let count = Math.min(wanted, PAGE); ; count = Math.min(count * 4, PAGE)) {
      const page = this.#page(number, place, count);
      for (const { key, history } of page.rows) yield [key, history];
      const last = page.rows.at(-1);
      if (last === undefined || page.rows.length < page.limit) return;
      place = placeAfter(last.key);
    }
  }

  folders(bucket: string, from: Place, folding: Folding, wanted: number): Iterable<Listed> {
    const { delimiter } = folding;
    if (!delimiter) {
      return foldKeys((place, count) => this.histories(bucket, place, count), from, folding, wanted);
    }
    const page: Parameters<typeof readFolders>[0] = (values) => String(this.#row("folders", values)?.page);
    return readFolders(page, this.#numbers.of(bucket), from, { ...folding, delimiter }, wanted);
  }

  /** Reads `count` keys, or fewer if that would be much JSON. */
  #page(
    number: number,
    place: Place,
    count: number,
  ): { readonly rows: readonly { key: string; history: History }[]; readonly limit: number } {
    let limit = count;
    while (limit > FEW && this.#bytesOf(number, place, limit) > PAGE_BYTES) limit = Math.ceil(limit / 8);
    const row = this.#row("page", [number, place, limit]);
    const stored = JSON.parse(String(row?.page ?? "[]")) as StoredHistory[];
    return { limit, rows: stored.map((each) => ({ key: each.key, history: readHistory(each) })) };
  }

  #bytesOf(number: number, place: Place, limit: number): number {
    return Number(this.#row("bytes", [number, place, limit])?.bytes ?? 0);
  }

  refersTo(file: string): boolean {
    // A response that ends later keeps its file; the next start looks for those.
    return this.#isClosed || this.#row("file", [file]) !== undefined;
  }

  /** Commits together with all others that come before the event loop goes on: of many requests at once, few are flushed. */
  commit(changes: (writes: RecordWrites) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.push({ changes, resolve, reject });
      if (waiting === 1) setImmediate(() => this.#commitWaiting());
    });
  }

  #commitWaiting(): void {
    const together = this.#waiting;
    if (together.length === 0) return;
    this.#waiting = [];
    try {
      this.#transaction(together);
      for (const { resolve } of together) resolve();
    } catch (error) {
      if (together.length === 1) together[0]?.reject(error);
      else for (const each of together) this.#commitAlone(each);
    }
  }

  /** One of several that failed together: the others may be right. */
  #commitAlone(one: Waiting): void {
    try {
      this.#transaction([one]);
      one.resolve();
    } catch (error) {
      one.reject(error);
    }
  }

  #transaction(all: readonly Pick<Waiting, "changes">[]): void {
    this.writes.counted.clear();
    this.#database.exec("BEGIN");
    try {
      for (const { changes } of all) changes(this.writes);
      this.#database.exec("COMMIT");
      this.#countAgain();
    } catch (error) {
      // After some failures, such as a full disk, SQLite has done it.
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #countAgain(): void {
    for (const [bucket, change] of this.writes.counted) {
      const known = this.#counts.get(bucket);
      if (known !== undefined) this.#counts.set(bucket, known + change);
    }
  }

  /** What an earlier start has noted. */
  fact(name: string): string | undefined {
    const row = this.#row("fact", [name]);
    return row && String(row.value);
  }

  note(name: string, value: string): void {
    this.#transaction([{ changes: () => this.writes.fact(name, value) }]);
  }

  /** Whether a record refers to any data file. */
  get refersToFiles(): boolean {
    return this.#database.all("SELECT 1 FROM files LIMIT 1").length > 0;
  }

  close(isIdle: boolean): void {
    try {
      this.#commitWaiting();
      if (isIdle) this.note(ENDED, "true");
    } finally {
      this.#isClosed = true;
      this.finalize();
      this.#database.close();
    }
  }

  /** Ends the statements. Without it, the database cannot be closed. */
  finalize(): void {
    for (const statement of Object.values(this.#statements)) statement.finalize();
    this.writes.finalize();
  }

  // Not get(): it leaves the statement open, and with it the reading of the database, so that the WAL grows for ever.
  #row(name: keyof typeof SQL, values: readonly (string | number | Uint8Array)[]): Row | undefined {
    return this.#statements[name].all([...values])[0] as Row | undefined;
  }

  #rows(sql: string, values: readonly (string | number)[] = []): string[] {
    return this.#database.all(sql, [...values]).map((row) => String(row.record));
  }
}

type Row = Readonly<Record<string, string | number | Uint8Array | null>>;
