import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PRIVATE } from "../request/acl.ts";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import { DataFiles } from "./data-files.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { noSuchBucket } from "./no-such-bucket.ts";
import { claimDirectory } from "./ownership.ts";
import type { BucketRecord } from "./records.ts";
import { recover } from "./recovery.ts";
import { removeBucketFolder } from "./remains.ts";

/** All data of the emulator, in one directory. */
export class Store {
  readonly files: DataFiles;
  readonly #directory: string;
  readonly #buckets = new Map<string, BucketStore>();
  readonly #lock: DirectoryLock;
  /** Bucket by bucket: creation and deletion. */
  readonly #locks = new KeyedLock();

  private constructor(directory: string, fsync: boolean, lock: DirectoryLock) {
    this.#lock = lock;
    this.#directory = join(directory, "buckets");
    this.files = new DataFiles(join(directory, "data"), fsync);
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
    const store = new Store(directory, fsync, await lockDirectory(directory));
    try {
      await claimDirectory(directory, fsync);
      await store.#recover(buckets, now);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** Lets another process use the directory. Nothing may be written afterwards. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  async #recover(buckets: readonly string[], now: number): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const bucket of await recover(this.#directory, this.files)) {
      this.#buckets.set(bucket.record.name, bucket);
    }
    for (const name of buckets) await this.createBucket({ name, created: now, acl: PRIVATE });
    await this.files.sweep();
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
      const bucket = new BucketStore(join(this.#directory, record.name), record, this.files);
      await bucket.initialise();
      // Not before: an object would be written into a folder that is not there.
      this.#buckets.set(record.name, bucket);
      return true;
    });
  }

  /** Deletes an empty bucket. Returns false if it is not empty. */
  async removeBucket(name: string): Promise<boolean> {
    return this.#locks.run(name, async () => {
      const bucket = this.#buckets.get(name);
      if (!bucket) throw noSuchBucket();
      // The record first: without it, the next start deletes the rest.
      const retired = await bucket.retire(() => rm(join(bucket.directory, BUCKET_RECORD), { force: true }));
      if (!retired) return false;
      this.#buckets.delete(name);
      await removeBucketFolder(bucket.directory);
      return true;
    });
  }
}
