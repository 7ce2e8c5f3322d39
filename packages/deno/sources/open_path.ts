import { ArgumentTypeError, SourceError } from "@cosup/core";
import {
  directoryGiven,
  FileSource,
  type FileState,
  isExplained,
  nullCharacter,
  socketGiven,
  stateChange,
  withDescriptor,
} from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { absolute, fromFileUrl } from "../paths.ts";
import { fileState } from "./file_state.ts";
import { HandlePool } from "./handles.ts";
import { sequentialFile } from "./sequential_file.ts";
import { sharedHandle } from "./shared_handle.ts";
import { unreadable } from "./unreadable.ts";

/** Opens the file that a path or a `file:` URL names: regular files at any offset, FIFOs and devices as streams. */
export async function openPath(given: string | URL): Promise<ByteSource> {
  const { name, path } = pathOf(given);
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) throw directoryGiven(name);
    if (info.isSocket) throw socketGiven(name);
    const open = (signal?: AbortSignal): Promise<Deno.FsFile> =>
      withDescriptor(() => Deno.open(path, { read: true }), signal);
    const state = fileState(info);
    if (!info.isFile || (info.size === 0 && !(await isEmpty(open, name, state)))) {
      return sequentialFile({ name, path, file: open, closes: true });
    }
    return fileSource({ name, path, state, open });
  } catch (error) {
    throw typed(error, name, path);
  }
}

/** What a source of a regular file is made of; `first` is open already. */
export interface RegularFile {
  readonly name: string;
  readonly path: string;
  readonly state: FileState;
  readonly open: (signal?: AbortSignal) => Promise<Deno.FsFile>;
  readonly first?: Deno.FsFile;
}

/** A source of a regular file, whose handles are opened as they are needed. */
export function fileSource({ name, path, state, open, first }: RegularFile): ByteSource {
  const openSame = async (signal?: AbortSignal): Promise<Deno.FsFile> =>
    await unchanged(await open(signal), name, state);
  return new FileSource({ name, path, state, unreadable, handles: new HandlePool(path, openSame, first) });
}

/** The name for messages, and the absolute path, because the working directory may change before the file is opened. */
export function pathOf(given: string | URL): { name: string; path: string } {
  const name = typeof given === "string" ? given : fromFileUrl(given);
  if (name.includes("\0")) throw nullCharacter();
  return { name, path: absolute(name) };
}

/** An error of ours as it is, any other as a SourceError. */
export function typed(error: unknown, name: string, path: string): unknown {
  return isExplained(error) ? error : unreadable(name, path, error);
}

/**
 * Reads from a `Deno.FsFile`, which the caller closes. A regular file is read from its beginning, and its position changes;
 * anything else is read from its position.
 */
export async function openFsFile(file: Deno.FsFile): Promise<ByteSource> {
  const name = "The file";
  try {
    const info = await file.stat();
    if (info.isDirectory) throw directoryGiven(name);
    if (!info.isFile) takeOnce(file);
    if (!info.isFile || (info.size === 0 && !(await isReallyEmpty(file)))) {
      return sequentialFile({ name, path: name, file, closes: false });
    }
    const handles = sharedHandle(file);
    return new FileSource({ name, path: name, state: fileState(info), unreadable, handles });
  } catch (error) {
    throw typed(error, name, name);
  }
}

/** Pipes that were given to an upload: two would each get a share of the bytes. */
const given = new WeakSet<Deno.FsFile>();

function takeOnce(file: Deno.FsFile): void {
  if (given.has(file))
    throw new ArgumentTypeError("Body", "was given to an upload before, and can be read only once");
  given.add(file);
}

/**
 * Whether a file of 0 bytes is empty. Files of procfs have a size of 0 and yet a content, which would be lost silently. The
 * handle is at the beginning afterwards.
 */
export async function isReallyEmpty(file: Deno.FsFile): Promise<boolean> {
  await file.seek(0, Deno.SeekMode.Start);
  const bytesRead = await file.read(new Uint8Array(1));
  await file.seek(0, Deno.SeekMode.Start);
  return bytesRead === null || bytesRead === 0;
}

/** Checks that a handle is of the file that was asked for: its path may lead to another one by now. */
async function unchanged(file: Deno.FsFile, name: string, state: FileState): Promise<Deno.FsFile> {
  try {
    // If only other metadata changed, the content decides in the end.
    if (stateChange(state, fileState(await file.stat())) !== true) return file;
    throw new SourceError(`${name} changed while it was being uploaded`, "source-changed");
  } catch (error) {
    file.close();
    throw error;
  }
}

async function isEmpty(open: () => Promise<Deno.FsFile>, name: string, state: FileState): Promise<boolean> {
  const file = await unchanged(await open(), name, state);
  try {
    return await isReallyEmpty(file);
  } finally {
    file.close();
  }
}
