import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataFiles } from "./data-files.ts";
import { writeJson } from "./json-file.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { ObjectRecord } from "./records.ts";

/** Makes the new record of a key from the present one; throwing leaves everything as it was. */
export type Change = (present: ObjectRecord | undefined) => ObjectRecord;

/**
 * The objects of one bucket: manifests on disk, the same records in memory. An object changes by one rename of
 * its manifest; its data files are complete before, and those it no longer names go after.
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

  /** Every key in the order COS lists them: by the bytes of their UTF-8 form. */
  keys(): readonly string[] {
    this.#sorted ??= [...this.#records.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }

  /** Takes over a record found on disk, and with it a reference to each of its files. */
  adopt(record: ObjectRecord): void {
    this.#files.retain(record.extents);
    this.#remember(record);
  }

  /** Replaces a record; the new one takes a reference to each of its files, the old one gives its own back. */
  async change(key: string, change: Change): Promise<ObjectRecord> {
    return this.#locks.run(key, async () => {
      const present = this.#records.get(key);
      const next = change(present);
      this.#files.retain(next.extents);
      try {
        await writeJson(this.#manifest(key), next, this.#files.fsync);
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
      await rm(this.#manifest(key), { force: true });
      this.#records.delete(key);
      this.#sorted = undefined;
      await this.#files.release(present.extents);
    });
  }

  #remember(record: ObjectRecord): void {
    if (!this.#records.has(record.key)) this.#sorted = undefined;
    this.#records.set(record.key, record);
  }

  #manifest(key: string): string {
    return join(this.#directory, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}
