import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataFiles } from "./data-files.ts";
import { writeJson } from "./json-file.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { ObjectRecord } from "./records.ts";

/** Returns the new record of a key. If it throws, nothing changes. */
export type Change = (present: ObjectRecord | undefined) => ObjectRecord;

/**
 * The objects of one bucket: one record file per object, and the same records in memory. An object changes by one rename
 * of its record file. Its new data files are complete before that, and its old ones are deleted afterwards.
 */
export class ObjectIndex {
  readonly #directory: string;
  readonly #files: DataFiles;
  readonly #records = new Map<string, ObjectRecord>();
  readonly #locks = new KeyedLock();
  #sorted: readonly string[] | undefined;

  constructor(directory: string, files: DataFiles) {
    this.#directory = directory;
    this.#files = files;
  }

  get(key: string): ObjectRecord | undefined {
    return this.#records.get(key);
  }

  get size(): number {
    return this.#records.size;
  }

  /** All keys in COS's order, that of their UTF-8 bytes. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#records.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }

  /** Adds a record that was read from disk, with a reference to each of its files. */
  adopt(record: ObjectRecord): void {
    this.#files.retain(record.extents);
    this.#remember(record);
  }

  /** Replaces a record. The new one takes references to its files; those of the old one are released. */
  async change(key: string, change: Change): Promise<ObjectRecord> {
    return this.#locks.run(key, async () => {
      const present = this.#records.get(key);
      const next = change(present);
      this.#files.retain(next.extents);
      try {
        await writeJson(this.#recordPath(key), next, this.#files.fsync);
      } catch (error) {
        await this.#files.release(next.extents);
        throw error;
      }
      this.#remember(next);
      if (present) await this.#files.release(present.extents);
      return next;
    });
  }

  async remove(key: string): Promise<void> {
    await this.#locks.run(key, async () => {
      const present = this.#records.get(key);
      if (!present) return;
      await rm(this.#recordPath(key), { force: true });
      this.#records.delete(key);
      this.#sorted = undefined;
      await this.#files.release(present.extents);
    });
  }

  #remember(record: ObjectRecord): void {
    if (!this.#records.has(record.key)) this.#sorted = undefined;
    this.#records.set(record.key, record);
  }

  #recordPath(key: string): string {
    return join(this.#directory, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}
