/** A file that is open until it is released. */
export interface LentDescriptor {
  /** It belongs to the whole process: any thread may read by it. */
  readonly descriptor: number;
  /** For messages. */
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Nothing reads it any more. */
  release(): void;
}

/** A file whose descriptor threads may read. */
export interface LendableFile {
  /**
   * Opens the file if necessary.
   * @throws {SourceError} it cannot be opened, or is another file by now
   */
  lend(signal: AbortSignal): Promise<LentDescriptor>;
}
