import { type BigIntStats, createReadStream } from "node:fs";
import { type FileHandle, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentTypeError } from "@cosup/core";
import { directoryGiven, isExplained, nullCharacter, socketGiven, withDescriptor } from "@cosup/core/files";
import { type ByteSource, errorCode, openNodeStream } from "@cosup/core/runtime";
import { openFifo } from "./fifo.ts";
import { handleStream } from "./handle-stream.ts";
import { callersFile, type OpenFile, openFile } from "./open-file.ts";
import { fileSource, fileState, requireSame } from "./shared-file.ts";
import { unreadable } from "./unreadable.ts";

/** Opens the file that a path or a `file:` URL names: regular files at any offset, FIFOs and devices as streams. */
export async function openPath(given: string | URL): Promise<ByteSource> {
  const name = pathOf(given);
  // Absolute, because the file is opened later, and the working directory may change until then.
  const path = resolve(name);
  try {
    const stats = await stat(path, { bigint: true });
    if (stats.isDirectory()) throw directoryGiven(name);
    if (stats.isFile() && (stats.size > 0n || (await isEmpty(name, path, stats)))) {
      return fileSource({ name, state: fileState(stats), path });
    }
    return await openSpecial(name, path, stats);
  } catch (error) {
    throw explained(name, error);
  }
}

/**
 * Reads from a `FileHandle`, which the caller closes. A regular file is read from its beginning, and the handle's position
 * does not change; anything else is read from its position.
 */
export async function openFileHandle(handle: FileHandle): Promise<ByteSource> {
  const name = "The file handle";
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isDirectory()) throw directoryGiven(name);
    if (!stats.isFile()) return openNodeStream(handleStream(handle), "Body");
    const file = callersFile(handle);
    return stats.size === 0n && !(await isReallyEmpty(file))
      ? openNodeStream(handleStream(handle, 0), "Body")
      : fileSource({ name, state: fileState(stats), file });
  } catch (error) {
    throw explained(name, error);
  }
}

/** The path that the caller gave. */
export function pathOf(given: string | URL): string {
  if (typeof given === "string") return given;
  try {
    return fileURLToPath(given);
  } catch (error) {
    throw new ArgumentTypeError("LocalFilePath", `a file: URL of a local file (${String(error)})`);
  }
}

/** An error of ours as it is; one of the system becomes one that says why the file of that name cannot be read. */
export function explained(name: string, error: unknown): unknown {
  if (errorCode(error) === "ERR_INVALID_ARG_VALUE") return nullCharacter();
  return isExplained(error) ? error : unreadable(name, error);
}

async function isEmpty(name: string, path: string, stats: BigIntStats): Promise<boolean> {
  const file = await withDescriptor(() => openFile(path));
  try {
    requireSame(name, stats, file.stat());
    return await isReallyEmpty(file);
  } finally {
    file.close();
  }
}

/** Whether a file of 0 bytes is empty. Files of procfs have a size of 0 and yet a content, which would be lost silently. */
export async function isReallyEmpty(file: OpenFile): Promise<boolean> {
  return (await file.read(new Uint8Array(1), 0)) === 0;
}

async function openSpecial(name: string, path: string, stats: BigIntStats): Promise<ByteSource> {
  if (stats.isSocket()) throw socketGiven(name);
  // A device, or a file of procfs, is opened by the stream itself, which reports a failure at the first read.
  return openNodeStream(stats.isFIFO() ? await openFifo(path) : createReadStream(path), "LocalFilePath");
}
