import { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore } from "./medium.ts";
import { ObjectIndex } from "./object-index.ts";
import type { BucketRecord, ObjectRecord } from "./records.ts";
import type { BucketContents } from "./snapshot.ts";
import { type OpenUpload, UploadIndex } from "./upload-index.ts";

/** One bucket: its record, objects and open uploads. */
export class BucketStore {
  readonly files: DataFiles;
  readonly objects: ObjectIndex;
  readonly uploads: UploadIndex;
  readonly #records: RecordStore;
  readonly #gate = new ChangeGate();
  readonly #locks = new KeyedLock(this.#gate);
  #record: BucketRecord;

  constructor(record: BucketRecord, files: DataFiles, records: RecordStore) {
    this.#records = records;
    this.#record = record;
    this.files = files;
    this.objects = new ObjectIndex(record.name, files, records, () => this.#record.versioning, this.#gate);
    this.uploads = new UploadIndex(record.name, files, records, this.#gate);
  }

  /** Name, ACL and configurations, as the last `configure` left them. */
  get record(): BucketRecord {
    return this.#record;
  }

  /** What the bucket holds now. */
  contents(): BucketContents {
    return { record: this.#record, objects: [...this.objects.from()], uploads: this.uploads.contents() };
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
    const empty = () => force || (this.objects.isEmpty && this.uploads.size === 0);
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
    await this.#write(this.#record);
  }

  /** Changes ACL or configurations of the bucket. One commit does it; if `change` throws, nothing changes. */
  async configure(change: (present: BucketRecord) => BucketRecord): Promise<void> {
    await this.#locks.run("record", async () => {
      const next = change(this.#record);
      await this.#write(next);
      this.#record = next;
    });
  }

  async #write(record: BucketRecord): Promise<void> {
    await this.#records.commit((writes) => writes.bucket(record));
  }

  /**
   * Turns an upload into an object. The object's record lists the files of the parts, so no byte is copied, and one commit
   * does both. If `assemble` or `check` throws, the upload stays open.
   */
  async complete(
    uploadId: string,
    assemble: (upload: OpenUpload | undefined) => ObjectRecord,
    check: (present: ObjectRecord | undefined) => void,
  ): Promise<ObjectRecord> {
    return this.uploads.exclusive(uploadId, async () => {
      const assembled = assemble(this.uploads.get(uploadId));
      const closing = this.uploads.closing(uploadId);
      const record = await this.objects.change(
        assembled.key,
        (present) => {
          check(present);
          return assembled;
        },
        closing,
      );
      this.uploads.closed(uploadId);
      return record;
    });
  }

  /** Ends an upload without an object. Returns false if there is none. */
  async abort(uploadId: string): Promise<boolean> {
    return this.uploads.exclusive(uploadId, async () => {
      if (this.uploads.get(uploadId) === undefined) return false;
      await this.uploads.close(uploadId);
      return true;
    });
  }
}
