import type {
  DirectoryName,
  DirectoryNames,
  FileErrorKind,
  FileSystem,
  PinnedDirectory,
} from "@cosup/core/files";
import { isTableFull } from "@cosup/core/files";
import { absolute, SEPARATOR } from "./paths.ts";
import { pin } from "./sources/pinned.ts";
import { unreadable } from "./sources/unreadable.ts";

/** Deno's file system, for core's folder walk and checkpoint store. */
export const fileSystem: FileSystem = {
  separator: SEPARATOR,
  absolute,
  kindOf,
  unreadable,
  stat: (path) => Deno.stat(path),
  lstat: (path) => Deno.lstat(path),
  realPath: (path) => Deno.realPath(path),
  identify,
  pinDirectory,
  openNames,
  readHead,
  names: async (path) => (await list(path)).map(({ name }) => name),
  readText: (path) => Deno.readTextFile(path),
  writeNew,
  rename: (from, to) => Deno.rename(from, to),
  remove,
  makeDirectory: (path) => Deno.mkdir(path, { recursive: true, mode: 0o700 }),
  syncDirectory,
  randomToken: () =>
    Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    ),
};

function kindOf(error: unknown): FileErrorKind | undefined {
  if (error instanceof Deno.errors.NotFound) return "not-found";
  if (error instanceof Deno.errors.NotADirectory) return "not-directory";
  return error instanceof Deno.errors.FilesystemLoop ? "link-loop" : undefined;
}

/** Includes the path, because Deno does not know the inode of a directory on every system. */
async function identify(realPath: string): Promise<string> {
  const { dev, ino } = await Deno.lstat(realPath);
  return `${dev}:${ino}:${realPath}`;
}

async function pinDirectory(path: string): Promise<PinnedDirectory | undefined> {
  try {
    const pinned = pin(path, "directory");
    return pinned && { ...pinned, identity: pinned.realPath };
  } catch (error) {
    // Throws Deno's own error for this directory, which has a better message.
    if (!isTableFull(error)) await list(path);
    throw error;
  }
}

/** All names at once, because Deno always reads the whole directory. */
async function openNames(path: string): Promise<DirectoryNames> {
  const names = (await list(path)).sort((one, other) => (one.name < other.name ? -1 : 1));
  const rest = names.values();
  return {
    read: () => Promise.resolve(rest.next().value ?? null),
    close: () => Promise.resolve(),
  };
}

async function list(path: string): Promise<DirectoryName[]> {
  const names: DirectoryName[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) names.push({ name, isFile });
  return names;
}

async function readHead(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path, { read: true });
  const head = new Uint8Array(length);
  return head.subarray(0, (await file.read(head)) ?? 0);
}

async function writeNew(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.byteLength; ) written += await file.write(bytes.subarray(written));
  await file.sync();
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  try {
    using directory = await Deno.open(path, { read: true });
    await directory.sync();
  } catch {
    // Only the last save is lost, and only in a power cut.
  }
}
