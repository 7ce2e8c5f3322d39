import { closeSync, constants, type Dir, fstatSync, open } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { withDescriptor } from "./descriptors.ts";
import { descriptorPath } from "./sources/descriptor-path.ts";

/** A directory whose names can be read. */
export interface OpenDirectory {
  /** With all links resolved. */
  readonly realPath: string;
  readonly device: bigint;
  /** Device and inode. */
  readonly identity: string;
  /** Opens the list of its names; closing the directory does not close it. */
  names(): Promise<Dir>;
  close(): void;
}

/** Windows has neither. */
const { O_RDONLY = 0, O_DIRECTORY = 0 } = constants as Partial<typeof constants>;
const LIST = { bufferSize: 256 } as const;
const openDescriptor = promisify(open);

/**
 * Opens a directory. On Linux its path is asked of what is open, and its names are read from that: a link that takes
 * its place meanwhile changes nothing. Elsewhere its path is looked at before, and again when the names are read.
 */
export async function openDirectory(path: string, signal: AbortSignal | undefined): Promise<OpenDirectory> {
  if (process.platform !== "linux") return lookAtDirectory(path, signal);
  const descriptor = await withDescriptor(() => openDescriptor(path, O_RDONLY | O_DIRECTORY), signal);
  try {
    const realPath = descriptorPath(descriptor);
    if (realPath !== undefined) return pinnedDirectory(descriptor, realPath, signal);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  closeSync(descriptor);
  return lookAtDirectory(path, signal);
}

function pinnedDirectory(
  descriptor: number,
  realPath: string,
  signal: AbortSignal | undefined,
): OpenDirectory {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return {
    realPath,
    device: dev,
    identity: `${dev}:${ino}`,
    names: () => withDescriptor(() => opendir(`/proc/self/fd/${descriptor}`, LIST), signal),
    close: () => closeSync(descriptor),
  };
}

async function lookAtDirectory(path: string, signal: AbortSignal | undefined): Promise<OpenDirectory> {
  const realPath = await realpath(path);
  const { dev, ino } = await stat(realPath, { bigint: true });
  return {
    realPath,
    device: dev,
    identity: `${dev}:${ino}`,
    names: async () => {
      const names = await withDescriptor(() => opendir(realPath, LIST), signal);
      const now = await stat(realPath, { bigint: true });
      if (now.ino === ino && now.dev === dev && (await realpath(realPath)) === realPath) return names;
      await names.close();
      throw new Error(`${path} was replaced while it was being opened`);
    },
    close: () => {},
  };
}
