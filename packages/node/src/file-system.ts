import { closeSync, constants, fstatSync, open, type Stats } from "node:fs";
import {
  lstat,
  opendir,
  open as openHandle,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { resolve, sep } from "node:path";
import { promisify } from "node:util";
import type {
  DirectoryNames,
  FileErrorKind,
  FileStatus,
  FileSystem,
  PinnedDirectory,
} from "@cosup/core/files";
import { errorCode } from "@cosup/core/runtime";
import { makeDirectories } from "./make-directories.ts";
import { descriptorPath } from "./sources/descriptor-path.ts";
import { openEntry } from "./sources/open-file.ts";
import { syncReads } from "./sources/sync-read-policy.ts";
import { unreadable } from "./sources/unreadable.ts";

const KINDS: Readonly<Record<string, FileErrorKind>> = {
  ENOENT: "not-found",
  ENOTDIR: "not-directory",
  ELOOP: "link-loop",
};

/** Windows and some network mounts cannot sync a directory. A renamed file is complete there too. */
const CANNOT_SYNC = ["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP", "EBADF"];

/** Windows has neither. */
const { O_RDONLY = 0, O_DIRECTORY = 0 } = constants as Partial<typeof constants>;
const openDescriptor = promisify(open);

/** Node's file system, for core's folder walk and checkpoint store. */
export const fileSystem: FileSystem = {
  separator: sep,
  absolute: (path) => resolve(path),
  kindOf: (error) => KINDS[errorCode(error) ?? ""],
  unreadable: (name, _path, cause) => unreadable(name, cause),
  stat: async (path) => statusOf(await stat(path)),
  lstat: async (path) => statusOf(await lstat(path)),
  realPath: (path) => realpath(path),
  identify: async (path) => identityOf(await stat(path, { bigint: true })),
  pinDirectory,
  openNames,
  onEnter: ({ realPath, identity }) => syncReads.allowFolder(realPath, deviceOf(identity)),
  readHead,
  names: (path) => readdir(path),
  readText: (path) => readFile(path, "utf8"),
  writeNew,
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  makeDirectory: (path) => makeDirectories(path, 0o700),
  syncDirectory,
  // Not imported: to load `node:crypto` is 5 ms of a program's start.
  randomToken: () => process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex"),
};

function statusOf(stats: Stats): FileStatus {
  return {
    isFile: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isSymlink: stats.isSymbolicLink(),
    size: stats.size,
  };
}

/** Device and inode. */
function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

function deviceOf(identity: string): string {
  return identity.slice(0, identity.indexOf(":"));
}

async function pinDirectory(path: string): Promise<PinnedDirectory | undefined> {
  if (process.platform !== "linux") return undefined;
  const descriptor = await openDescriptor(path, O_RDONLY | O_DIRECTORY);
  try {
    const realPath = descriptorPath(descriptor);
    if (realPath !== undefined) {
      return {
        path: `/proc/self/fd/${descriptor}`,
        realPath,
        identity: identityOf(fstatSync(descriptor, { bigint: true })),
        close: () => closeSync(descriptor),
      };
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  closeSync(descriptor);
  return undefined;
}

async function openNames(path: string): Promise<DirectoryNames> {
  if (process.versions.bun !== undefined) return readNames(path);
  const directory = await opendir(path, { bufferSize: 256 });
  return {
    read: async () => {
      const entry = await directory.read();
      return entry === null ? null : { name: entry.name, isFile: entry.isFile() };
    },
    close: () => directory.close(),
  };
}

/**
 * For Bun, whose `opendir` opens nothing before the first read: by then, the descriptor that the path names is closed, and
 * a folder would count as one that has vanished.
 */
async function readNames(path: string): Promise<DirectoryNames> {
  const entries = (await readdir(path, { withFileTypes: true })).values();
  return {
    read: async () => {
      const { value: entry, done } = entries.next();
      return done ? null : { name: entry.name, isFile: entry.isFile() };
    },
    close: async () => {},
  };
}

async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = await openEntry(path, undefined);
  try {
    const head = new Uint8Array(length);
    return head.subarray(0, await file.read(head, 0));
  } finally {
    file.close();
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await openHandle(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await openHandle(path, "r");
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!CANNOT_SYNC.includes(errorCode(error) ?? "")) throw error;
  }
}
