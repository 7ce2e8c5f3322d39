import { type BigIntStats, createReadStream } from "node:fs";
import { type FileHandle, lstat, open, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentTypeError, type ByteSource, SourceError } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { errorCode } from "../error-code.ts";
import { openFifo } from "./fifo.ts";
import { FileSource } from "./file-source.ts";
import { fileState, requireSame } from "./file-state.ts";
import { ReadableSource } from "./readable-source.ts";
import { unreadable } from "./unreadable.ts";

/**
 * Opens a regular file that no link leads to; anything else at the path is refused. A walk found it so: whoever puts a
 * link, a FIFO or a device there afterwards, or a link in place of a folder above, must not choose what is uploaded.
 */
export async function openPlainFile(given: string | URL): Promise<ByteSource> {
  const name = pathOf(given);
  const path = resolve(name);
  const { real, stats } = await lookAt(path).catch((error: unknown) => {
    throw errorCode(error) === "ERR_INVALID_ARG_VALUE" ? nullByte() : unreadable(name, error);
  });
  if (real !== path || !stats.isFile()) {
    const what = real === path ? "is no regular file" : `is ${real}, behind a symbolic link`;
    throw new SourceError(`${name} ${what}`, "source-unreadable");
  }
  return openRegular(name, path, stats);
}

/** In this order: what is looked at is what the path without links names, and the source opens no other. */
async function lookAt(path: string): Promise<{ real: string; stats: BigIntStats }> {
  return { real: await realpath(path), stats: await lstat(path, { bigint: true }) };
}

/** Opens the file that a path or a `file:` URL names: regular files at any offset, FIFOs and devices as streams. */
export async function openPath(given: string | URL): Promise<ByteSource> {
  const name = pathOf(given);
  // Absolute from here on: the file is opened later, when the working directory may be another.
  const path = resolve(name);
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw errorCode(error) === "ERR_INVALID_ARG_VALUE" ? nullByte() : unreadable(name, error);
  });
  if (stats.isDirectory()) {
    throw directoryGiven(name);
  }
  return stats.isFile() ? openRegular(name, path, stats) : openSpecial(name, path, stats);
}

async function openRegular(name: string, path: string, stats: BigIntStats): Promise<ByteSource> {
  return stats.size > 0n || (await isEmpty(name, path, stats))
    ? new FileSource({ name, state: fileState(stats), from: path })
    : openSpecial(name, path, stats);
}

/** Takes over a `FileHandle` that remains the caller's to close. */
export async function openFileHandle(handle: FileHandle): Promise<ByteSource> {
  const name = "The file handle";
  const stats = await handle.stat({ bigint: true }).catch((error: unknown) => {
    throw unreadable(name, error);
  });
  if (stats.isDirectory()) {
    throw directoryGiven(name);
  }
  return stats.isFile()
    ? new FileSource({ name, state: fileState(stats), from: handle })
    : new ReadableSource(handle.createReadStream({ autoClose: false }));
}

function pathOf(given: string | URL): string {
  if (typeof given === "string") {
    return given;
  }
  try {
    return fileURLToPath(given);
  } catch (error) {
    throw new ArgumentTypeError("LocalFilePath", `a file: URL of a local file (${String(error)})`);
  }
}

/** Files of procfs say that they have 0 bytes and yet hold some; believing them would lose these without a word. */
async function isEmpty(name: string, path: string, stats: BigIntStats): Promise<boolean> {
  try {
    const handle = await withDescriptor(() => open(path, "r"));
    try {
      requireSame(name, stats, handle.fd);
      return (await handle.read(new Uint8Array(1), 0, 1, 0)).bytesRead === 0;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof SourceError ? error : unreadable(name, error);
  }
}

async function openSpecial(name: string, path: string, stats: BigIntStats): Promise<ByteSource> {
  if (stats.isSocket()) {
    throw new SourceError(`${name} is a socket, which cannot be opened as a file`, "source-unreadable");
  }
  if (!stats.isFIFO()) {
    // A device, or a file of procfs. Opened by the stream itself, which reports a failure at the first read.
    return new ReadableSource(createReadStream(path));
  }
  try {
    return new ReadableSource(await openFifo(path));
  } catch (error) {
    throw unreadable(name, error);
  }
}

function directoryGiven(name: string): ArgumentTypeError {
  return new ArgumentTypeError(
    "LocalFilePath",
    `${name} is a directory; give a file, or use uploadDirectory`,
  );
}

function nullByte(): ArgumentTypeError {
  return new ArgumentTypeError("LocalFilePath", "a path without null characters");
}
