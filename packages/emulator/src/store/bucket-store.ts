import { join } from "node:path";
import { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore } from "./medium.ts";
import { ObjectIndex } from "./object-index.ts";
import type { BucketRecord, ObjectRecord } from "./records.ts";
import type { BucketContents } from "./snapshot.ts";
import { type OpenUpload, UploadIndex } from "./upload-index.ts";

/** Name of the record that makes a directory a bucket. */
export const BUCKET_RECORD = "bucket.json";
export const OBJECTS = "objects";
export const UPLOADS = "uploads";

/** One bucket: its record, objects and open uploads. */
export class BucketStore {
  readonly files: DataFiles;
  readonly objects: ObjectIndex;
  readonly uploads: UploadIndex;
  readonly directory: string;
  readonly #records: RecordStore;
  readonly #gate = new ChangeGate();
  readonly #locks = new KeyedLock(this.#gate);
  #record: BucketRecord;

  constructor(directory: string, record: BucketRecord, files: DataFiles, records: RecordStore) {
    this.#records = records;
    this.#record = record;
    this.files = files;
    this.directory = directory;
    this.objects = new ObjectIndex(
      this.objectDirectory,
      files,
      records,
      () => this.#record.versioning,
      this.#gate,
    );
    this.uploads = new UploadIndex(this.uploadDirectory, files, records, this.#gate);
  }

  /** Name, ACL and configurations, as the last `configure` left them. */
  get record(): BucketRecord {
    return this.#record;
  }

  get objectDirectory(): string {
    return join(this.directory, OBJECTS);
  }

  get uploadDirectory(): string {
    return join(this.directory, UPLOADS);
  }

  /** What the bucket holds now. */
  contents(): BucketContents {
    return { record: this.#record, objects: this.objects.histories(), uploads: this.uploads.contents() };
  }

  /** Deletes all objects and uploads. Only while no request can change the bucket: see `retire`. */
  async clear(): Promise<void> {
    await this.objects.clear();
    await this.uploads.clear();
  }

  /** Fills a new bucket. */
  async fill({ objects, uploads }: BucketContents): Promise<void> {
    for (const [key, history] of objects) await this.objects.put(key, history);
    for (const { record, parts } of uploads) {
      await this.uploads.open(record);
      for (const part of parts) await this.uploads.putPart(record.uploadId, part);
    }
  }

  /**
   * Ends all changes for a deletion, which runs after those that have begun. Returns false if the bucket is not empty
   * and `force` is not set. If the deletion fails, the bucket stays.
   */
  async retire(deletion: () => Promise<void>, force = false): Promise<boolean> {
    const empty = () => force || (this.objects.size === 0 && this.uploads.size === 0);
    if (!(await this.#gate.close(empty))) return false;
    try {
      await deletion();
    } catch (error) {
      this.#gate.reopen();
      throw error;
    }
    return true;
  }

  /** Writes the record of a new bucket. */
  async initialise(): Promise<void> {
    await this.createFolders();
    await this.#write(this.#record);
  }

  async createFolders(): Promise<void> {
    await this.#records.createFolder(this.objectDirectory);
    await this.#records.createFolder(this.uploadDirectory);
  }

  /** Changes ACL or configurations of the bucket. One rename commits it; if `change` throws, nothing changes. */
  async configure(change: (present: BucketRecord) => BucketRecord): Promise<void> {
    await this.#locks.run(BUCKET_RECORD, async () => {
      const next = change(this.#record);
      await this.#write(next);
      this.#record = next;
    });
  }

  async #write(record: BucketRecord): Promise<void> {
    await this.#records.write(join(this.directory, BUCKET_RECORD), record);
  }

  /**
   * Turns an upload into an object. The object's record lists the files of the parts, so the time does not depend on
   * the size, and one rename commits it. If `assemble` or `check` throws, the upload stays open.
   */
  async complete(
    uploadId: string,
    assemble: (upload: OpenUpload | undefined) => ObjectRecord,
    check: (present: ObjectRecord | undefined) => void,
  ): Promise<ObjectRecord> {
    return this.uploads.exclusive(uploadId, async () => {
      const assembled = assemble(this.uploads.get(uploadId));
      const record = await this.objects.change(assembled.key, (present) => {
        check(present);
        return assembled;
      });
      await this.uploads.close(uploadId);
      return record;
    });
  }

  /** Ends an upload without an object. Returns false if there is none. */
  async abort(uploadId: string): Promise<boolean> {
    return this.uploads.exclusive(uploadId, async () => {
      const open = this.uploads.get(uploadId) !== undefined;
      await this.uploads.close(uploadId);
      return open;
    });
  }
}
