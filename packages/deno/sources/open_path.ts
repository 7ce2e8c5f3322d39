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
  const name = typeof given === "string" ? given : fromFileUrl(given);
  if (name.includes("\0")) throw new ArgumentTypeError("LocalFilePath", "a path without null characters");
  // Absolute from here on: the file is opened later, when the working directory may be another.
  const path = absolute(name);
  const look = (): Promise<Deno.FileInfo> => Deno.stat(path);
  try {
    const info = await look();
    if (info.isDirectory) throw directoryGiven(name);
    if (info.isSocket) {
      throw new SourceError(`${name} is a socket, which cannot be opened as a file`, "source-unreadable");
    }
    const open = (signal?: AbortSignal): Promise<Deno.FsFile> =>
      withDescriptor(() => Deno.open(path, { read: true }), signal);
    if (!info.isFile || (info.size === 0 && !(await isEmpty(open)))) {
      return new SequentialFile({ name, path, open, closes: true });
    }
    const state = fileState(info);
    return new FileSource({
      name,
      path,
      state,
      look,
      handles: handlePool(async (signal) => await unchanged(await open(signal), name, state)),
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
async function isEmpty(open: () => Promise<Deno.FsFile>): Promise<boolean> {
  const file = await open();
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
