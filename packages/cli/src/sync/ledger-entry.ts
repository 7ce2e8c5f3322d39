/** A state of a local file, as lstat shows it. Another content has another one. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Time of the last change of its content. */
  readonly mtimeMs: number;
  /** Time of the last change of the file: programs that put mtime back cannot put this back. */
  readonly ctimeMs: number;
  readonly ino: number;
}

/** What an earlier sync knew of a file and its object, when both were equal. */
export interface LedgerEntry extends FileStamp {
  /** Below the folder, with "/" between names. */
  readonly path: string;
  /** Of the object, without quotes. */
  readonly etag: string;
  /** CRC64-ECMA of both, as unsigned decimal; "" if COS gave none. */
  readonly crc64: string;
  /** Digest of the headers that the upload asked for; "" of a download. */
  readonly headers: string;
}

/** Whether a file is still in the state that the ledger knows. */
export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return (
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.ino === other.ino
  );
}

/** One line of a ledger. */
export function encodeEntry(entry: LedgerEntry): string {
  const { path, size, mtimeMs, ctimeMs, ino, etag, crc64, headers } = entry;
  return JSON.stringify([path, size, mtimeMs, ctimeMs, ino, etag, crc64, headers]);
}

/** The entry of a line; undefined if the line is none. */
export function decodeEntry(line: string): LedgerEntry | undefined {
  const values: unknown = JSON.parse(line);
  if (!Array.isArray(values) || values.length !== 8) return undefined;
  const [path, size, mtimeMs, ctimeMs, ino, etag, crc64, headers] = values as unknown[];
  const isText = [path, etag, crc64, headers].every((value) => typeof value === "string");
  const isNumber = [size, mtimeMs, ctimeMs, ino].every((value) => typeof value === "number");
  if (!isText || !isNumber) return undefined;
  return { path, size, mtimeMs, ctimeMs, ino, etag, crc64, headers } as LedgerEntry;
}
