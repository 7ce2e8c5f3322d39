import { join } from "node:path";
import type { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore } from "./medium.ts";
import type { PartRecord, UploadRecord } from "./records.ts";

/** Name of the record that makes a directory an open upload. */
export const UPLOAD_RECORD = "upload.json";

/** An upload with the parts stored so far. */
export interface OpenUpload {
  readonly record: UploadRecord;
  readonly parts: ReadonlyMap<number, PartRecord>;
}

/** The open multipart uploads of one bucket; a directory for each, a record for each part. */
export class UploadIndex {
  readonly #directory: string;
  readonly #files: DataFiles;
  readonly #records: RecordStore;
  readonly #uploads = new Map<string, { record: UploadRecord; parts: Map<number, PartRecord> }>();
  readonly #gate: ChangeGate;
  readonly #locks: KeyedLock;

  constructor(directory: string, files: DataFiles, records: RecordStore, gate: ChangeGate) {
    this.#gate = gate;
    this.#locks = new KeyedLock(gate);
    this.#directory = directory;
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
  contents(): readonly { readonly record: UploadRecord; readonly parts: readonly PartRecord[] }[] {
    return [...this.#uploads.values()].map(({ record, parts }) => ({ record, parts: [...parts.values()] }));
  }

  /** Removes every upload. Only for a bucket that no request can change any more. */
  async clear(): Promise<void> {
    for (const uploadId of [...this.#uploads.keys()]) await this.close(uploadId);
  }

  /** Adds an upload that was read from disk. */
  adopt(record: UploadRecord, parts: readonly PartRecord[]): void {
    for (const part of parts) this.#files.retain([part.extent]);
    const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
    this.#uploads.set(record.uploadId, { record, parts: byNumber });
  }

  async open(record: UploadRecord): Promise<void> {
    await this.#gate.run(async () => {
      await this.#records.createFolder(this.#path(record.uploadId));
      await this.#records.write(join(this.#path(record.uploadId), UPLOAD_RECORD), record);
      this.#uploads.set(record.uploadId, { record, parts: new Map() });
    });
  }

  /** Records a part. Returns false if the upload was completed or aborted while the body was received. */
  async putPart(uploadId: string, part: PartRecord): Promise<boolean> {
    return this.exclusive(uploadId, async () => {
      const upload = this.#uploads.get(uploadId);
      if (!upload) return false;
      const path = join(this.#path(uploadId), `${part.partNumber}.json`);
      await this.#records.write(path, part);
      this.#files.retain([part.extent]);
      const replaced = upload.parts.get(part.partNumber);
      upload.parts.set(part.partNumber, part);
      if (replaced) await this.#files.release([replaced.extent]);
      return true;
    });
  }

  /** Removes one part. Returns false if there is none. */
  async removePart(uploadId: string, partNumber: number): Promise<boolean> {
    return this.exclusive(uploadId, async () => {
      const upload = this.#uploads.get(uploadId);
      const part = upload?.parts.get(partNumber);
      if (!upload || !part) return false;
      await this.#records.remove(join(this.#path(uploadId), `${partNumber}.json`));
      upload.parts.delete(partNumber);
      await this.#files.release([part.extent]);
      return true;
    });
  }

  /** Runs a task that excludes other changes of the upload: new parts, Complete, Abort. */
  exclusive<T>(uploadId: string, task: () => Promise<T>): Promise<T> {
    return this.#locks.run(uploadId, task);
  }

  /** Removes an upload and its parts. The files of a completed upload remain as those of the object. */
  async close(uploadId: string): Promise<void> {
    const upload = this.#uploads.get(uploadId);
    if (!upload) return;
    this.#uploads.delete(uploadId);
    // The record first: the next start deletes an upload directory without a record.
    await this.#records.remove(join(this.#path(uploadId), UPLOAD_RECORD));
    await this.#records.removeUpload(this.#path(uploadId));
    await this.#files.release([...upload.parts.values()].map((part) => part.extent));
  }

  // Only called with ids of this index, so a client cannot choose the path.
  #path(uploadId: string): string {
    return join(this.#directory, uploadId);
  }
}
