import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import { DataFiles } from "./data-files.ts";
import { lockDirectory } from "./directory-lock.ts";
import { diskMedium } from "./disk.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { Medium } from "./medium.ts";
import { memoryMedium } from "./memory.ts";
import { noSuchBucket } from "./no-such-bucket.ts";
import { claimDirectory } from "./ownership.ts";
import type { BucketRecord } from "./records.ts";
import { recover } from "./recovery.ts";
import { type Contents, emptyBuckets, Snapshot } from "./snapshot.ts";

/** All data of the emulator, in one directory or in memory. */
export class Store {
  readonly files: DataFiles;
  readonly #medium: Medium;
  readonly #directory: string;
  readonly #buckets = new Map<string, BucketStore>();
  readonly #release: () => Promise<void>;
  /** Bucket by bucket: creation and deletion. */
  readonly #locks = new KeyedLock();

  private constructor(directory: string, medium: Medium, release: () => Promise<void>) {
    this.#directory = directory;
    this.#medium = medium;
    this.#release = release;
    this.files = new DataFiles(medium.bytes);
  }

  /**
   * Locks the directory, recovers from a crash, and creates the missing buckets.
   *
   * @throws {DataInUseError} before anything is changed
   * @throws {DataForeignError} before anything is changed
   * @throws {DataDamagedError} if a record cannot be read
   */
  static async open(
    directory: string,
    buckets: readonly string[],
    now: number,
    fsync: boolean,
  ): Promise<Store> {
    const lock = await lockDirectory(directory);
    const store = new Store(join(directory, "buckets"), diskMedium(directory, fsync), () => lock.release());
    try {
      await claimDirectory(directory, fsync);
      await store.#recover();
      await store.#create(buckets, now);
      await store.files.sweep();
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** One that nothing of remains when the process ends. */
  static async inMemory(buckets: readonly string[], now: number): Promise<Store> {
    const store = new Store("", memoryMedium(), async () => {});
    await store.#create(buckets, now);
    return store;
  }

  /** Lets another process use the directory. Nothing may be written afterwards. */
  async close(): Promise<void> {
    await this.#release();
  }

  async #recover(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const bucket of await recover(this.#directory, this.files, this.#medium.records)) {
      this.#buckets.set(bucket.record.name, bucket);
    }
  }

  async #create(buckets: readonly string[], now: number): Promise<void> {
    for (const { record } of emptyBuckets(buckets, now)) await this.createBucket(record);
  }

  bucket(name: string): BucketStore | undefined {
    return this.#buckets.get(name);
  }

  buckets(): readonly BucketStore[] {
    return [...this.#buckets.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  }

  /** Returns false if there is one of this name. */
  async createBucket(record: BucketRecord): Promise<boolean> {
    return this.#locks.run(record.name, async () => {
      if (this.#buckets.has(record.name)) return false;
      const bucket = this.#bucketOf(record);
      await bucket.initialise();
      // Not before: an object would be written into a folder that is not there.
      this.#buckets.set(record.name, bucket);
      return true;
    });
  }

  /** Everything that the store holds now, with a hold on its bytes. */
  snapshot(): Snapshot {
    return new Snapshot(
      this.buckets().map((bucket) => bucket.contents()),
      this.files,
    );
  }

  /**
   * Replaces everything by other contents, whose bytes must be in this store. Changes that have begun end first; what
   * comes while buckets are replaced finds no bucket. A crash in between leaves a part of the old or the new contents.
   */
  async restore(contents: Contents): Promise<void> {
    for (const name of [...this.#buckets.keys()]) await this.removeBucket(name, true);
    for (const each of contents) {
      await this.createBucket(each.record);
      await this.#buckets.get(each.record.name)?.fill(each);
    }
  }

  /** Deletes a bucket. Returns false if it is not empty and `force` is not set. */
  async removeBucket(name: string, force = false): Promise<boolean> {
    return this.#locks.run(name, async () => {
      const bucket = this.#buckets.get(name);
      if (!bucket) throw noSuchBucket();
      // The record first: without it, the next start deletes the rest.
      const { records } = this.#medium;
      const deletion = async (): Promise<void> => {
        if (force) await bucket.clear();
        await records.remove(join(bucket.directory, BUCKET_RECORD));
      };
      if (!(await bucket.retire(deletion, force))) return false;
      this.#buckets.delete(name);
      await records.removeBucket(bucket.directory);
      return true;
    });
  }

  #bucketOf(record: BucketRecord): BucketStore {
    return new BucketStore(join(this.#directory, record.name), record, this.files, this.#medium.records);
  }
}
