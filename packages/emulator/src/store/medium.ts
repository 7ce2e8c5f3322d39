// Where the data is kept: `disk.ts` has a directory, `memory.ts` the memory of the process.

/** A file that is being written. */
export interface ByteWriter {
  /** Appends chunks, which do not change afterwards. One call at a time. */
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
  /** The names of all files. */
  names(): Promise<readonly string[]>;
}

/** What a later start reads again. The indexes have the same in memory. */
export interface RecordStore {
  /** Replaces a record atomically: a reader, or the next start, sees the old one or the new one. */
  write(path: string, record: unknown): Promise<void>;
  /** Does nothing if there is none. */
  remove(path: string): Promise<void>;
  createFolder(path: string): Promise<void>;
  /** Deletes the folder of an upload, with all records in it. */
  removeUpload(path: string): Promise<void>;
  /** Deletes the folder of a bucket that has neither a record nor objects. */
  removeBucket(path: string): Promise<void>;
}

export interface Medium {
  readonly bytes: ByteStore;
  readonly records: RecordStore;
}
