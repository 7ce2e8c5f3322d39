import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PRIVATE } from "../request/acl.ts";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import { DataFiles } from "./data-files.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
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
    for (const name of buckets)
      if (!this.bucket(name)) await this.createBucket({ name, created: now, acl: PRIVATE });
    await this.files.sweep();
  }

  bucket(name: string): BucketStore | undefined {
    return this.#buckets.get(name);
  }

  buckets(): readonly BucketStore[] {
    return [...this.#buckets.values()].sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  }

  async createBucket(record: BucketRecord): Promise<void> {
    const bucket = new BucketStore(join(this.#directory, record.name), record, this.files);
    this.#buckets.set(record.name, bucket);
    await bucket.initialise();
  }

  async removeBucket(name: string): Promise<void> {
    const folder = join(this.#directory, name);
    this.#buckets.delete(name);
    // The record first: without it, the next start deletes the rest.
    await rm(join(folder, BUCKET_RECORD), { force: true });
    await removeBucketFolder(folder);
  }
}
