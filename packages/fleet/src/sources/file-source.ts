import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import type { SourceFacts } from "../transfer/types.ts";
import { notAFile, READ_FLAGS, unreadable } from "./file-errors.ts";
import type { RangeSource } from "./range-source.ts";
import { sourceChanged } from "./source-errors.ts";

/**
 * Opens a file for reading.
 * @throws {TransferError} `source-not-found`, or `source-unreadable`
 */
export async function openFile(path: string): Promise<RangeSource> {
  const handle = await open(path, READ_FLAGS).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notAFile(path);
    const facts = factsOf(stats);
    return { facts, read: readerOf(handle, path, facts), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw unreadable(path, error);
  }
}

/**
 * The size and version of a file, without opening it.
 * @throws {TransferError} `source-not-found`, or `source-unreadable`
 */
export async function probeFile(path: string): Promise<SourceFacts> {
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!stats.isFile()) throw notAFile(path);
  return factsOf(stats);
}

/** Not the inode: another machine of a shared file system may number it otherwise. */
function factsOf({ size, mtimeMs }: Stats): SourceFacts {
  return { kind: "file", size, fingerprint: `${size} ${Math.trunc(mtimeMs)}` };
}

function readerOf(handle: FileHandle, path: string, facts: SourceFacts): RangeSource["read"] {
  return async (start, bytes, signal) => {
    signal.throwIfAborted();
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle
        .read(bytes, at, bytes.length - at, start + at)
        .catch((error: unknown) => {
          throw unreadable(path, error);
        });
      if (bytesRead === 0) throw sourceChanged(path);
      at += bytesRead;
    }
    // After the bytes: what was written before or meanwhile shows in the time.
    if (factsOf(await handle.stat()).fingerprint !== facts.fingerprint) throw sourceChanged(path);
  };
}
