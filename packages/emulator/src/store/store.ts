import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PRIVATE } from "../request/acl.ts";
import { BUCKET_RECORD, BucketStore } from "./bucket-store.ts";
import { DataFiles } from "./data-files.ts";
import type { BucketRecord } from "./records.ts";
import { recover } from "./recovery.ts";

/** All data of the emulator, in one directory. */
export class Store {
  readonly files: DataFiles;
  readonly #directory: string;
  readonly #buckets = new Map<string, BucketStore>();

  private constructor(directory: string, fsync: boolean) {
    this.#directory = join(directory, "buckets");
    this.files = new DataFiles(join(directory, "data"), fsync);
  }

  /** Opens the directory, recovers from a crash, and creates the missing buckets. */
  static async open(
    directory: string,
    buckets: readonly string[],
    now: number,
    fsync: boolean,
  ): Promise<Store> {
    const store = new Store(directory, fsync);
    await mkdir(store.#directory, { recursive: true });
    for (const bucket of await recover(store.#directory, store.files)) {
      store.#buckets.set(bucket.record.name, bucket);
    }
    for (const name of buckets)
      if (!store.bucket(name)) await store.createBucket({ name, created: now, acl: PRIVATE });
    await store.files.sweep();
    return store;
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
    this.#buckets.delete(name);
    await rm(join(this.#directory, name, BUCKET_RECORD), { force: true });
    await rm(join(this.#directory, name), { recursive: true, force: true });
  }
}
