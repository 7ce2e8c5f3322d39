import { readFile, stat } from "node:fs/promises";
import { devNull } from "node:os";
import { ConfigError } from "./config-error.ts";

/** A configuration is far smaller: a larger file is another one. */
const MOST_BYTES = 1024 * 1024;

/** The text of a configuration file. */
export interface SmallFile {
  /** Without a byte order mark. */
  readonly text: string;
  /** Whether users other than its owner can read it. Always false on Windows, which has no such mode. */
  readonly othersCanRead: boolean;
}

/**
 * Reads a configuration file; undefined if it does not exist. `/dev/null` is an empty one.
 * @throws {ConfigError} it is no regular file, is larger than 1 MiB, is not UTF-8, or cannot be read
 */
export async function readSmallFile(path: string): Promise<SmallFile | undefined> {
  if (path === devNull) return { text: "", othersCanRead: false };
  try {
    // Before it is opened: opening a FIFO would wait for its writer.
    const { mode, size, isFile } = await stat(path).then((all) => ({ ...all, isFile: all.isFile() }));
    if (!isFile) throw new ConfigError(`${path} is not a regular file`);
    if (size > MOST_BYTES) throw new ConfigError(`${path} is larger than 1 MiB: it is no configuration`);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    return { text, othersCanRead: process.platform !== "win32" && (mode & 0o077) !== 0 };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw new ConfigError(`${path} is not UTF-8 text`);
    throw new ConfigError(`${path} cannot be read (${code ?? String(error)})`);
  }
}
