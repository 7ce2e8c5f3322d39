import type { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore, StoredUpload } from "./medium.ts";
import type { AlsoChanged } from "./object-index.ts";
import type { PartRecord, UploadRecord } from "./records.ts";

/** An upload with the parts stored so far. */
export interface OpenUpload {
  readonly record: UploadRecord;
  readonly parts: ReadonlyMap<number, PartRecord>;
}

/** The open multipart uploads of one bucket, with a record for each and for each part. All of them are in memory too. */
export class UploadIndex {
  readonly #bucket: string;
  readonly #files: DataFiles;
  readonly #records: RecordStore;
  readonly #uploads = new Map<string, { record: UploadRecord; parts: Map<number, PartRecord> }>();
  readonly #gate: ChangeGate;
  readonly #locks: KeyedLock;

  constructor(bucket: string, files: DataFiles, records: RecordStore, gate: ChangeGate) {
    this.#gate = gate;
    this.#locks = new KeyedLock(gate);
    this.#bucket = bucket;
    this.#files = files;
    this.#records = records;
  }

  get size(): number {
    return this.#uploads.size;
  }

  get(uploadId: string): OpenUpload | undefined {
    return this.#uploads.get(uploadId);
  }

  all(): readonly UploadRecord[] {
    return [...this.#uploads.values()].map(({ record }) => record);
  }

  /** All uploads with the parts stored so far. */
  contents(): readonly StoredUpload[] {
    return [...this.#uploads.values()].map(({ record, parts }) => ({ record, parts: [...parts.values()] }));
  }

  /** Removes every upload. Only for a bucket that no request can change any more. */
  async clear(): Promise<void> {
    for (const uploadId of [...this.#uploads.keys()]) await this.close(uploadId);
  }

  /** Adds an upload of the last run. */
  adopt({ record, parts }: StoredUpload): void {
    const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
    this.#uploads.set(record.uploadId, { record, parts: byNumber });
  }

  async open(record: UploadRecord): Promise<void> {
    await this.#gate.run(async () => {
      await this.#records.commit((writes) => writes.upload(this.#bucket, record));
      this.#uploads.set(record.uploadId, { record, parts: new Map() });
    });
  }

  /** Records a part. Returns false if the upload was completed or aborted while the body was received. */
  async putPart(uploadId: string, part: PartRecord): Promise<boolean> {
    return this.exclusive(uploadId, async () => {
      const upload = this.#uploads.get(uploadId);
      if (!upload) return false;
      const replaced = upload.parts.get(part.partNumber);
      await this.#files.commit([part.extent], replaced ? [replaced.extent] : [], (writes) =>
        writes.part(this.#bucket, uploadId, part),
      );
      upload.parts.set(part.partNumber, part);
      return true;
    });
  }

  /** Removes one part. Returns false if there is none. */
  async removePart(uploadId: string, partNumber: number): Promise<boolean> {
    return this.exclusive(uploadId, async () => {
      const upload = this.#uploads.get(uploadId);
      const part = upload?.parts.get(partNumber);
      if (!upload || !part) return false;
      await this.#files.commit([], [part.extent], (writes) =>
        writes.removePart(this.#bucket, uploadId, partNumber),
      );
      upload.parts.delete(partNumber);
      return true;
    });
  }

  /** Runs a task that excludes other changes of the upload: new parts, Complete, Abort. */
  exclusive<T>(uploadId: string, task: () => Promise<T>): Promise<T> {
    return this.#locks.run(uploadId, task);
  }

  /** Removes an upload and its parts. */
  async close(uploadId: string): Promise<void> {
    const { went, changes } = this.closing(uploadId);
    await this.#files.commit([], went, changes);
    this.closed(uploadId);
  }

  /** What ends an upload, for a commit that does more. Call `closed` after it. */
  closing(uploadId: string): AlsoChanged {
    const parts = [...(this.#uploads.get(uploadId)?.parts.values() ?? [])];
    return {
      went: parts.map(({ extent }) => extent),
      changes: (writes) => writes.removeUpload(this.#bucket, uploadId),
    };
  }

  closed(uploadId: string): void {
    this.#uploads.delete(uploadId);
  }
}
