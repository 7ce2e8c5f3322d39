/** A file of the data directory cannot be read, or is not what the emulator writes. Nothing was deleted because of it. */
export class DataDamagedError extends Error {
  override readonly name = "DataDamagedError";
  readonly code = "ERR_DATA_DAMAGED";
  /** Path of the file. */
  readonly path: string;

  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`${path} ${reason}`, options);
    this.path = path;
  }
}

/** The emulator would keep its data where files of somebody else are. */
export class DataForeignError extends Error {
  override readonly name = "DataForeignError";
  readonly code = "ERR_DATA_FOREIGN";
  /** Path of the folder with these files. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} has files that the emulator did not write: choose another data directory`);
    this.path = path;
  }
}

/** Whether a path names nothing. Any other error, such as a missing permission, must not count as that. */
export function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
