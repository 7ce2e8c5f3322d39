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
import { type BucketContents, type Contents, emptyBuckets, filesOf, Snapshot } from "./snapshot.ts";

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
      await this.#add({ record, objects: [], uploads: [] });
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
   * Replaces everything by other contents, whose bytes must be in this store. Bucket by bucket: changes that have begun end
   * first, and nobody sees a bucket before it has all its contents; what comes in between finds no bucket. A crash leaves a
   * part of the old or the new contents.
   */
  async restore(contents: Contents): Promise<void> {
    const files = filesOf(contents);
    // Its own hold: the snapshot may be released meanwhile.
    this.files.retain(files);
    try {
      const wanted = new Map(contents.map((each) => [each.record.name, each]));
      for (const name of new Set([...this.#buckets.keys(), ...wanted.keys()])) {
        await this.#locks.run(name, async () => {
          await this.#remove(name, true);
          const next = wanted.get(name);
          if (next !== undefined) await this.#add(next);
        });
      }
    } finally {
      await this.files.release(files);
    }
  }

  async #add(contents: BucketContents): Promise<void> {
    const { record } = contents;
    const bucket = new BucketStore(
      join(this.#directory, record.name),
      record,
      this.files,
      this.#medium.records,
    );
    await bucket.initialise();
    await bucket.fill(contents);
    // Not before: an object would be written into a folder that is not there.
    this.#buckets.set(record.name, bucket);
  }

  /** Deletes an empty bucket. Returns false if it is not empty. */
  async removeBucket(name: string): Promise<boolean> {
    return this.#locks.run(name, async () => {
      if (!this.#buckets.has(name)) throw noSuchBucket();
      return this.#remove(name, false);
    });
  }

  /** @param force with everything in it */
  async #remove(name: string, force: boolean): Promise<boolean> {
    const bucket = this.#buckets.get(name);
    if (!bucket) return true;
    const { records } = this.#medium;
    // The record first: without it, the next start deletes the rest.
    const deletion = async (): Promise<void> => {
      if (force) {
        // Before its objects go, so that nobody lists a part of them.
        this.#buckets.delete(name);
        await bucket.clear();
      }
      await records.remove(join(bucket.directory, BUCKET_RECORD));
    };
    if (!(await bucket.retire(deletion, force))) return false;
    this.#buckets.delete(name);
    await records.removeBucket(bucket.directory);
    return true;
  }
}
