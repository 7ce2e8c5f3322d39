// Where the data is kept: `disk.ts` and `database-records.ts` have a directory, `memory.ts` and `memory-records.ts` the memory
// of the process.
import type { Folding, Listed } from "./folders.ts";
import type { History } from "./history.ts";
import type { Place } from "./key-order.ts";
import type { BucketRecord, PartRecord, UploadRecord } from "./records.ts";

/** A file that is being written. */
export interface ByteWriter {
  /**
   * Appends chunks, which do not change afterwards. One call at a time. The memory of those that `allowFreeing` names may be
   * gone when it resolves.
   */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** Ends the file; with the option `fsync`, flushed to the device. */
  finish(): Promise<void>;
  /** Ends it after a failure. */
  abandon(): Promise<void>;
}

/** The bytes of objects and parts, in files with random names. */
export interface ByteStore {
  create(file: string): Promise<ByteWriter>;
  /** The bytes from `start` to `end`, exclusive. */
  read(file: string, start: number, end: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /**
   * Undefined if there is no such file.
   *
   * @throws {DataDamagedError} if that cannot be found out
   */
  sizeOf(file: string): Promise<number | undefined>;
  remove(file: string): Promise<void>;
  /** The names of all files, which may be very many. */
  names(): AsyncIterable<string>;
}

/** An open upload with the parts stored so far. */
export interface StoredUpload {
  readonly record: UploadRecord;
  readonly parts: readonly PartRecord[];
}

/** A bucket without its objects. */
export interface StoredBucket {
  readonly record: BucketRecord;
  readonly uploads: readonly StoredUpload[];
}

/** Changes that take effect together. */
export interface RecordWrites {
  bucket(record: BucketRecord): void;
  /** The bucket must be empty. */
  removeBucket(name: string): void;
  /**
   * Replaces the versions of a key. Without versions, the key goes.
   * @param isNew the bucket has no such key yet
   */
  history(bucket: string, key: string, history: History, isNew: boolean): void;
  upload(bucket: string, record: UploadRecord): void;
  /** Removes an upload with its parts. */
  removeUpload(bucket: string, uploadId: string): void;
  part(bucket: string, uploadId: string, part: PartRecord): void;
  removePart(bucket: string, uploadId: string, partNumber: number): void;
  /** Changes how many records refer to a data file. */
  references(file: string, change: number): void;
}

/** The records of buckets, objects, uploads and parts. Buckets and uploads are in memory too; objects may be too many. */
export interface RecordStore {
  /** What the last run left. */
  buckets(): readonly StoredBucket[];
  /** The versions of a key, the newest first. None: there is no such key. */
  history(bucket: string, key: string): History;
  /** How many keys a bucket has. The first call may have to count them. */
  count(bucket: string): number;
  /** Whether a bucket has no key. */
  isEmpty(bucket: string): boolean;
  /**
   * The keys of a bucket from a place on, in COS's order, with their versions. Changes that are made meanwhile may be seen or
   * not.
   * @param wanted how many the caller will probably take
   */
  histories(bucket: string, from: Place, wanted: number): Iterable<readonly [key: string, History]>;
  /**
   * Folders and keys of a bucket from a place on, in COS's order; otherwise as `histories`. The place must be at or after the
   * prefix.
   */
  folders(bucket: string, from: Place, folding: Folding, wanted: number): Iterable<Listed>;
  /** Whether a record refers to a data file. */
  refersTo(file: string): boolean;
  /**
   * Makes changes that take effect together: all of them or none, also if the process is killed. Nobody sees them before.
   * `changes` may run more than once.
   */
  commit(changes: (writes: RecordWrites) => void): Promise<void>;
  /** @param isIdle each data file belongs to a record */
  close(isIdle: boolean): void;
}

export interface Medium {
  readonly bytes: ByteStore;
  readonly records: RecordStore;
}
