import { ArgumentTypeError, type ByteSource, SourceError } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { absolute, fromFileUrl } from "../paths.ts";
import { FileSource } from "./file_source.ts";
import { type FileState, fileState, sameState } from "./file_state.ts";
import { handlePool, singleHandle } from "./handles.ts";
import { SequentialFile } from "./sequential_file.ts";
import { unreadable } from "./unreadable.ts";

/** Opens the file that a path or a `file:` URL names: regular files at any offset, FIFOs and devices as streams. */
export async function openPath(given: string | URL): Promise<ByteSource> {
  return await open(given, (path) => Deno.stat(path));
}

/**
 * Opens a regular file that no link leads to; anything else at the path is refused. A walk found it so: whoever puts a
 * link, a FIFO or a device there afterwards, or a link in place of a folder above, must not choose what is uploaded.
 */
export async function openPlainFile(given: string | URL): Promise<ByteSource> {
  return await open(given, async (path, name) => {
    // In this order: what is looked at is what the path without links names, and the source opens no other.
    const real = await Deno.realPath(path);
    const info = await Deno.lstat(path);
    if (real === path && info.isFile) return info;
    const what = real === path ? "is no regular file" : `is ${real}, behind a symbolic link`;
    throw new SourceError(`${name} ${what}`, "source-unreadable");
  });
}

async function open(
  given: string | URL,
  lookAt: (path: string, name: string) => Promise<Deno.FileInfo>,
): Promise<ByteSource> {
  const name = typeof given === "string" ? given : fromFileUrl(given);
  if (name.includes("\0")) throw new ArgumentTypeError("LocalFilePath", "a path without null characters");
  // Absolute from here on: the file is opened later, when the working directory may be another.
  const path = absolute(name);
  const look = (): Promise<Deno.FileInfo> => lookAt(path, name);
  try {
    const info = await look();
    if (info.isDirectory) throw directoryGiven(name);
    if (info.isSocket) {
      throw new SourceError(`${name} is a socket, which cannot be opened as a file`, "source-unreadable");
    }
    const openNow = (signal?: AbortSignal): Promise<Deno.FsFile> =>
      withDescriptor(() => Deno.open(path, { read: true }), signal);
    const state = fileState(info);
    if (!info.isFile || (info.size === 0 && !(await isEmpty(openNow, name, state)))) {
      return new SequentialFile({ name, path, open: openNow, closes: true });
    }
    return new FileSource({
      name,
      path,
      state,
      look,
      handles: handlePool(async (signal) => await unchanged(await openNow(signal), name, state)),
    });
  } catch (error) {
    const typed = error instanceof ArgumentTypeError || error instanceof SourceError;
    throw typed ? error : unreadable(name, path, error);
  }
}

/**
 * Takes over a `Deno.FsFile` that remains the caller's to close: a regular file from its beginning, whatever its
 * position (which the upload moves), anything else from where it stands.
 */
export async function openFsFile(file: Deno.FsFile): Promise<ByteSource> {
  const name = "The file";
  const look = (): Promise<Deno.FileInfo> => file.stat();
  const info = await look().catch((error: unknown) => {
    throw unreadable(name, name, error);
  });
  if (info.isDirectory) throw directoryGiven(name);
  return info.isFile
    ? new FileSource({ name, path: name, state: fileState(info), look, handles: singleHandle(file) })
    : new SequentialFile({ name, path: name, open: () => Promise.resolve(file), closes: false });
}

/** Each handle must be of the very file that was asked for: its path may name another by now. */
async function unchanged(file: Deno.FsFile, name: string, state: FileState): Promise<Deno.FsFile> {
  try {
    if (sameState(state, fileState(await file.stat()))) return file;
    throw new SourceError(`${name} changed while it was being uploaded`, "source-changed");
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Files of procfs say that they have 0 bytes and yet hold some; believing them would lose these without a word. */
async function isEmpty(
  openNow: () => Promise<Deno.FsFile>,
  name: string,
  state: FileState,
): Promise<boolean> {
  const file = await unchanged(await openNow(), name, state);
  try {
    return (await file.read(new Uint8Array(1))) === null;
  } finally {
    file.close();
  }
}

function directoryGiven(name: string): ArgumentTypeError {
  return new ArgumentTypeError(
    "LocalFilePath",
    `${name} is a directory; give a file, or use uploadDirectory`,
  );
}
