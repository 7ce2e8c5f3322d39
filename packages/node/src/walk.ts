import type { Dir } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ArgumentTypeError } from "@cosup/core";
import type { SkipReason } from "@cosup/core/directory";
import { withDescriptor } from "./descriptors.ts";
import { processPace } from "./sources/cache-pace.ts";
import { unreadable } from "./sources/unreadable.ts";
import {
  type DirectoryEntry,
  inspectEntry,
  isWithin,
  type LinkRules,
  type Name,
  type Place,
  skipped,
  type WalkEntry,
  walkFailure,
} from "./walk-entry.ts";

export type { SkipReason } from "@cosup/core/directory";
export type { WalkEntry } from "./walk-entry.ts";

export interface WalkOptions {
  /** Follow links that stay within the root; a loop is skipped. Default false: links are skipped. */
  readonly followSymlinks?: boolean | undefined;
  /** Tell the size of every file, for a progress display; default true. Without it, sizes are 0. */
  readonly sizes?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A directory yet to be read, with the chain of those it lies in. */
interface Directory extends Place {
  readonly parent: Directory | undefined;
  /** Device and inode, set once the directory is entered. */
  identity?: string;
  /** With all links resolved; set with it. */
  realPath: string;
}

/** So many names are sorted at a time; a larger folder comes in sorted runs, in bounded memory. */
const RUN_LENGTH = 4_096;

/**
 * All files below `root`, as they are asked for: the files of a folder by name, then its folders by name. What cannot
 * or must not be read is an entry of kind `skipped`, and the walk goes on. One directory is open at a time, and
 * nothing outside the root is entered.
 */
export async function* walkFiles(
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkEntry, void, void> {
  const { followSymlinks = false, sizes = true, signal } = options;
  signal?.throwIfAborted();
  const path = await resolveRoot(root);
  const rules: LinkRules = { realRoot: await realpath(path), followSymlinks, sizes };
  const waiting: Directory[] = [{ path, realPath: "", relativePath: "", parent: undefined }];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const below: Directory[] = [];
    for await (const entry of readDirectory(directory, rules, signal)) {
      if (entry.kind === "directory") {
        const { path, relativePath } = entry;
        below.push({ path, realPath: "", relativePath, parent: directory });
      } else {
        yield entry;
      }
    }
    below.sort((one, other) => (one.relativePath < other.relativePath ? 1 : -1));
    // One by one: spreading a million names into push() overflows the stack.
    for (const next of below) {
      waiting.push(next);
    }
  }
}

async function resolveRoot(root: string): Promise<string> {
  const path = resolve(root);
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadable(root, error);
  });
  if (!stats.isDirectory()) {
    throw new ArgumentTypeError("LocalDirectoryPath", `${root} is not a directory`);
  }
  return path;
}

async function* readDirectory(
  directory: Directory,
  rules: LinkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry | DirectoryEntry, void, void> {
  let handle: Dir | undefined;
  try {
    const barred = await barredBy(directory, rules);
    if (barred !== undefined) {
      yield skipped(directory, barred);
      return;
    }
    handle = await withDescriptor(() => opendir(directory.realPath, { bufferSize: 256 }), signal);
  } catch (error) {
    signal?.throwIfAborted();
    yield skipped(directory, walkFailure(error), error);
    return;
  }
  try {
    for (let more = true; more; ) {
      const run = await readRun(handle, signal);
      for (const name of run.names) {
        signal?.throwIfAborted();
        yield await inspectEntry(directory, name, rules);
      }
      if (run.error !== undefined) {
        yield skipped(directory, walkFailure(run.error), run.error);
      }
      more = run.more;
    }
  } finally {
    await handle.close();
  }
}

async function readRun(
  handle: Dir,
  signal: AbortSignal | undefined,
): Promise<{ names: Name[]; more: boolean; error?: unknown }> {
  const names: Name[] = [];
  try {
    while (names.length < RUN_LENGTH) {
      signal?.throwIfAborted();
      const entry = await handle.read();
      if (entry === null) {
        return { names: sorted(names), more: false };
      }
      names.push({ name: entry.name, isFile: entry.isFile() });
    }
    return { names: sorted(names), more: true };
  } catch (error) {
    signal?.throwIfAborted();
    return { names: sorted(names), more: false, error };
  }
}

function sorted(names: Name[]): Name[] {
  return names.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Why a directory must not be entered: it lies within itself, or became a link out of the root since it was seen. */
async function barredBy(directory: Directory, rules: LinkRules): Promise<SkipReason | undefined> {
  directory.realPath = await realpath(directory.path);
  if (!isWithin(rules.realRoot, directory.realPath)) {
    return "outside";
  }
  const { dev, ino } = await stat(directory.realPath, { bigint: true });
  directory.identity = `${dev}:${ino}`;
  await processPace.trust(directory.realPath, dev);
  for (let above = directory.parent; above !== undefined; above = above.parent) {
    if (above.identity === directory.identity) {
      return "loop";
    }
  }
  return undefined;
}
