/** A file that is read and written at any place, by one caller at a time. */
export interface RandomAccessFile {
  /**
   * Writes all of the bytes, and returns undefined; or a promise, and they must not change until it is settled.
   * @throws what went wrong, when it returns no promise
   */
  write(bytes: Uint8Array, position: number): Promise<void> | undefined;
  /** Reads up to as many bytes as there is room for; 0 at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Makes the file this many bytes long, with zeros where nothing is written yet. */
  truncate(length: number): Promise<void>;
  /** Bytes of the file. */
  size(): Promise<number>;
  /** Writes it to the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What core distinguishes when a file cannot be written. */
export type WriteFailure = "exists" | "no-space" | "denied" | "no-directory" | "unsupported";

/** How files are written in place, as an adapter provides it. Failures are the runtime's own errors. */
export interface RandomAccessFiles {
  /**
   * Opens a file to read and write it.
   * @param create true: there must be no file, and the new one has the permissions of any new file; false: there must be
   *   one, and a symbolic link is refused where the system allows that
   */
  open(path: string, create: boolean): Promise<RandomAccessFile>;
  /** Gives a file the permission bits of another; also succeeds where the file system has none. */
  copyPermissions(from: string, to: string): Promise<void>;
  /** Makes a second name for a file; fails if there is one already. */
  link(path: string, name: string): Promise<void>;
  /** Classifies a failure; undefined for every other one. */
  failureOf(error: unknown): WriteFailure | undefined;
  /** What the process has to be granted, when a permission of the runtime is missing. */
  permissionFor?(error: unknown, path: string): string | undefined;
}
