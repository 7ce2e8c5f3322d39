import type { Database, Statement } from "node-sqlite3-wasm";
import { type History, storedHistory } from "./history.ts";
import type { RecordWrites } from "./medium.ts";
import type { BucketRecord, PartRecord, UploadRecord } from "./records.ts";

const SQL = {
  bucket:
    "INSERT INTO buckets VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET record = excluded.record, id = excluded.id",
  removeBucket: "DELETE FROM buckets WHERE id = ?",
  history: "INSERT OR REPLACE INTO histories VALUES (?, ?, ?)",
  removeHistory: "DELETE FROM histories WHERE bucket = ? AND key = ?",
  upload: "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)",
  removeUpload: "DELETE FROM uploads WHERE bucket = ? AND id = ?",
  removeParts: "DELETE FROM parts WHERE bucket = ? AND upload = ?",
  part: "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)",
  removePart: "DELETE FROM parts WHERE bucket = ? AND upload = ? AND number = ?",
  references:
    "INSERT INTO files VALUES (?, ?) ON CONFLICT (file) DO UPDATE SET count = count + excluded.count",
  removeFile: "DELETE FROM files WHERE file = ? AND count <= 0",
  fact: "INSERT OR REPLACE INTO facts VALUES (?, ?)",
} as const;

/** Numbers for buckets, which rows of objects carry in place of the name. */
export class BucketNumbers {
  readonly #numbers = new Map<string, number>();
  #last = 0;

  set(name: string, number: number): void {
    this.#numbers.set(name, number);
    this.#last = Math.max(this.#last, number);
  }

  /** A name keeps its number while the program runs, also if the bucket is deleted and created again. */
  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.set(name, this.#last + 1);
    return this.#last;
  }
}

/** Writes records to a database, inside a transaction of the caller's. */
export class DatabaseWrites implements RecordWrites {
  /** How many more keys buckets have than when this was cleared, or fewer. */
  readonly counted = new Map<string, number>();
  readonly #statements: Readonly<Record<keyof typeof SQL, Statement>>;
  readonly #numbers: BucketNumbers;

  constructor(database: Database, numbers: BucketNumbers) {
    this.#numbers = numbers;
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared);
  }

  bucket(record: BucketRecord): void {
    this.#statements.bucket.run([this.#numbers.of(record.name), record.name, JSON.stringify(record)]);
  }

  removeBucket(name: string): void {
    this.#statements.removeBucket.run([this.#numbers.of(name)]);
  }

  history(bucket: string, key: string, history: History, isNew: boolean): void {
    const change = history.length === 0 ? -1 : Number(isNew);
    if (change !== 0) this.counted.set(bucket, (this.counted.get(bucket) ?? 0) + change);
    const place = [this.#numbers.of(bucket), Buffer.from(key)];
    if (history.length === 0) this.#statements.removeHistory.run(place);
    else this.#statements.history.run([...place, JSON.stringify(storedHistory(key, history))]);
  }

  upload(bucket: string, record: UploadRecord): void {
    this.#statements.upload.run([this.#numbers.of(bucket), record.uploadId, JSON.stringify(record)]);
  }

  removeUpload(bucket: string, uploadId: string): void {
    const place = [this.#numbers.of(bucket), uploadId];
    this.#statements.removeUpload.run(place);
    this.#statements.removeParts.run(place);
  }

  part(bucket: string, uploadId: string, part: PartRecord): void {
    const number = this.#numbers.of(bucket);
    this.#statements.part.run([number, uploadId, part.partNumber, JSON.stringify(part)]);
  }

  removePart(bucket: string, uploadId: string, partNumber: number): void {
    this.#statements.removePart.run([this.#numbers.of(bucket), uploadId, partNumber]);
  }

  references(file: string, change: number): void {
    this.#statements.references.run([file, change]);
    if (change < 0) this.#statements.removeFile.run([file]);
  }

  /** Something that a later start wants to know. */
  fact(name: string, value: string): void {
    this.#statements.fact.run([name, value]);
  }

  finalize(): void {
    for (const statement of Object.values(this.#statements)) statement.finalize();
  }
}
