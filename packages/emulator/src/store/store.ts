import { join, resolve } from "node:path";
import { BucketStore } from "./bucket-store.ts";
import { DataFiles } from "./data-files.ts";
import type { DatabaseRecords } from "./database-records.ts";
import { lockDirectory } from "./directory-lock.ts";
import { DiskBytes } from "./disk.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore } from "./medium.ts";
import { memoryMedium } from "./memory.ts";
import { noSuchBucket } from "./no-such-bucket.ts";
import { finishMigration, openRecords } from "./open-records.ts";
import { checkOwnership } from "./ownership.ts";
import type { BucketRecord } from "./records.ts";
import { recover } from "./recovery.ts";
import { type BucketContents, type Contents, emptyBuckets, filesOf, Snapshot } from "./snapshot.ts";

/** All data of the emulator, in one directory or in memory. */
export class Store {
  readonly files: DataFiles;
  readonly #records: RecordStore;
  readonly #buckets = new Map<string, BucketStore>();
  readonly #release: () => Promise<void>;
  /** Bucket by bucket: creation and deletion. */
  readonly #locks = new KeyedLock();

  private constructor(records: RecordStore, files: DataFiles, release: () => Promise<void>) {
    this.#records = records;
    this.files = files;
    this.#release = release;
  }

  /**
   * Locks the directory, recovers from a crash, and creates the missing buckets.
   *
   * @throws {DataInUseError} before anything is changed
   * @throws {DataForeignError} before anything is changed
   * @throws {DataDamagedError} if a record cannot be read
   */
  static async open(path: string, buckets: readonly string[], now: number, fsync: boolean): Promise<Store> {
    // The working directory may become another one, or be deleted.
    const directory = resolve(path);
    const lock = await lockDirectory(directory);
    let records: DatabaseRecords | undefined;
    try {
      await checkOwnership(directory);
      records = await openRecords(directory, fsync);
      const bytes = new DiskBytes(join(directory, "data"), fsync);
      await bytes.prepare(records.refersToFiles);
      const files = new DataFiles(bytes, records);
      await recover(records, files);
      await finishMigration(directory, records, fsync);
      const store = new Store(records, files, () => lock.release());
      store.#load();
      await store.#create(buckets, now);
      return store;
    } catch (error) {
      records?.close(false);
      await lock.release();
      throw error;
    }
  }

  /** One that nothing of remains when the process ends. */
  static async inMemory(buckets: readonly string[], now: number): Promise<Store> {
    const { bytes, records } = memoryMedium();
    const store = new Store(records, new DataFiles(bytes, records), async () => {});
    await store.#create(buckets, now);
    return store;
  }

  /** Lets another process use the directory. Nothing may be written afterwards. */
  async close(): Promise<void> {
    try {
      this.#records.close(this.files.isIdle);
    } finally {
      await this.#release();
    }
  }

  #load(): void {
    for (const { record, uploads } of this.#records.buckets()) {
      const bucket = new BucketStore(record, this.files, this.#records);
      for (const upload of uploads) bucket.uploads.adopt(upload);
      this.#buckets.set(record.name, bucket);
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
    const bucket = new BucketStore(record, this.files, this.#records);
    await bucket.initialise();
    await bucket.fill(contents);
    // Not before: nobody may see a part of its contents.
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
    const deletion = async (): Promise<void> => {
      if (force) {
        // Before its objects go, so that nobody lists a part of them.
        this.#buckets.delete(name);
        await bucket.clear();
      }
      await this.#records.commit((writes) => writes.removeBucket(name));
    };
    if (!(await bucket.retire(deletion, force))) return false;
    this.#buckets.delete(name);
    return true;
  }
}
