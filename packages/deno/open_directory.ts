import { isTableFull, withDescriptor } from "./descriptors.ts";
import { type Pinned, pin } from "./sources/pinned.ts";

/** A directory whose names can be read. */
export interface OpenDirectory {
  /** With all links resolved. */
  readonly realPath: string;
  /** All names in it, sorted; one that is not UTF-8 has U+FFFD in it. */
  names(): Promise<string[]>;
  close(): void;
}

/**
 * Opens a directory. With all permissions on Linux its path is asked of what is open, and its names are read from that:
 * a link that takes its place meanwhile changes nothing. Otherwise its path is looked at before and after.
 */
export async function openDirectory(path: string, signal: AbortSignal | undefined): Promise<OpenDirectory> {
  const pinned = await withDescriptor(() => pinDirectory(path), signal);
  if (pinned !== undefined) {
    return {
      realPath: pinned.realPath,
      names: () => withDescriptor(() => namesIn(pinned.path), signal),
      close: pinned.close,
    };
  }
  const realPath = await Deno.realPath(path);
  const { ino, dev } = await Deno.lstat(realPath);
  return {
    realPath,
    names: async () => {
      const names = await withDescriptor(() => namesIn(realPath), signal);
      const now = await Deno.lstat(realPath);
      if (now.ino === ino && now.dev === dev && (await Deno.realPath(realPath)) === realPath) return names;
      throw new Deno.errors.NotFound(`${path} was replaced while it was being read`);
    },
    close: () => {},
  };
}

/** What cannot be opened is looked at, for Deno's own error. */
async function pinDirectory(path: string): Promise<Pinned | undefined> {
  try {
    return pin(path, "directory");
  } catch (error) {
    if (!isTableFull(error)) await namesIn(path);
    throw error;
  }
}

/** All of them at once: Deno reads a directory whole, whatever is taken of it. */
async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names.sort();
}
