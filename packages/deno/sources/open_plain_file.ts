import { behindLink, isTableFull, notRegular, withDescriptor } from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { fileState } from "./file_state.ts";
import { fileSource, isReallyEmpty, pathOf, typed } from "./open_path.ts";
import { pin } from "./pinned.ts";
import { sequentialFile } from "./sequential_file.ts";

/** How often a path is examined where the kernel does not tell the path of an open file. */
const LOOKS = 3;

/**
 * Opens a regular file that no link leads to; anything else at the path is refused. A walk found a regular file there. A
 * program that puts a link, a FIFO or a device in its place, or a link in place of a folder above, must not choose what is
 * uploaded. With all permissions on Linux, the kernel tells the path of the open file, so a link that appears and
 * disappears has no effect. Otherwise, the path is examined several times, which leaves a small chance.
 */
export async function openPlainFile(given: string | URL): Promise<ByteSource> {
  const { name, path } = pathOf(given);
  try {
    const file = await withDescriptor(() => openPlain(path, name));
    try {
      const info = await file.stat();
      if (!info.isFile) throw notRegular(name);
      if (info.size === 0 && !(await isReallyEmpty(file))) {
        return sequentialFile({ name, path, file, closes: true });
      }
      const open = (signal?: AbortSignal): Promise<Deno.FsFile> =>
        withDescriptor(() => Deno.open(path, { read: true }), signal);
      return fileSource({ name, path, state: fileState(info), open, first: file });
    } catch (error) {
      file.close();
      throw error;
    }
  } catch (error) {
    throw typed(error, name, path);
  }
}

async function openPlain(path: string, name: string): Promise<Deno.FsFile> {
  const pinned = await pinPlain(path, name);
  if (pinned === undefined) return await openWatched(path, name);
  try {
    if (pinned.realPath !== path) throw behindLink(name, pinned.realPath);
    if (!(await Deno.stat(pinned.path)).isFile) throw notRegular(name);
    return await Deno.open(pinned.path, { read: true });
  } finally {
    pinned.close();
  }
}

/** For a link or a socket, which cannot be opened, it throws the error of `look`. */
async function pinPlain(path: string, name: string): Promise<ReturnType<typeof pin>> {
  try {
    return pin(path, "file");
  } catch (error) {
    if (isTableFull(error)) throw error;
    await look(path, name);
    throw error;
  }
}

async function openWatched(path: string, name: string): Promise<Deno.FsFile> {
  // Before opening, because opening a FIFO waits for a writer.
  await look(path, name);
  const file = await Deno.open(path, { read: true });
  try {
    const own = await file.stat();
    for (let round = 0; round < LOOKS; round += 1) {
      const there = await look(path, name);
      if (there.ino !== own.ino || there.dev !== own.dev) throw notRegular(name);
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

async function look(path: string, name: string): Promise<Deno.FileInfo> {
  const real = await Deno.realPath(path);
  if (real !== path) throw behindLink(name, real);
  const info = await Deno.lstat(path);
  if (!info.isFile) throw notRegular(name);
  return info;
}
