import type { Dir } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ArgumentTypeError } from "@cosup/core";
import { LossyNames, type SkipReason } from "@cosup/core/directory";
import { type OpenDirectory, openDirectory } from "./open-directory.ts";
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
  /** Where it lies unless it became a link since; undefined of the root, and where links are followed. */
  readonly expected: string | undefined;
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
  const { path, realRoot } = await resolveRoot(root, signal);
  const rules: LinkRules = { realRoot, followSymlinks, sizes };
  const waiting: Directory[] = [directoryBelow(undefined, { path, relativePath: "" }, rules)];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const below: Directory[] = [];
    for await (const entry of readDirectory(directory, rules, signal)) {
      if (entry.kind === "directory") {
        below.push(directoryBelow(directory, entry, rules));
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

function directoryBelow(parent: Directory | undefined, place: Place, rules: LinkRules): Directory {
  const { path, relativePath } = place;
  const fixed = parent !== undefined && !rules.followSymlinks;
  const expected = fixed ? join(parent.realPath, basename(path)) : undefined;
  return { path, relativePath, parent, expected, realPath: "" };
}

async function resolveRoot(
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ path: string; realRoot: string }> {
  const path = resolve(root);
  try {
    if ((await stat(path)).isDirectory()) {
      const opened = await openDirectory(path, signal);
      opened.close();
      return { path, realRoot: opened.realPath };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(root, error);
  }
  throw new ArgumentTypeError("LocalDirectoryPath", `${root} is not a directory`);
}

async function* readDirectory(
  directory: Directory,
  rules: LinkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry | DirectoryEntry, void, void> {
  let opened: OpenDirectory | undefined;
  let names: Dir;
  try {
    opened = await openDirectory(directory.path, signal);
    const reason = await reasonNotToEnter(directory, opened, rules);
    if (reason !== undefined) {
      opened.close();
      yield skipped(directory, reason);
      return;
    }
    names = await opened.names();
  } catch (error) {
    opened?.close();
    signal?.throwIfAborted();
    yield skipped(directory, walkFailure(error), error);
    return;
  }
  try {
    yield* readNames(directory, names, rules, signal);
  } finally {
    await names.close();
    opened.close();
  }
}

async function* readNames(
  directory: Directory,
  handle: Dir,
  rules: LinkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry | DirectoryEntry, void, void> {
  const lossy = new LossyNames();
  for (let more = true; more; ) {
    const run = await readRun(handle, signal);
    for (const name of run.names) {
      signal?.throwIfAborted();
      yield await inspectEntry(directory, name, rules, lossy);
    }
    if (run.error !== undefined) {
      yield skipped(directory, walkFailure(run.error), run.error);
    }
    more = run.more;
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

/** Why a directory must not be entered: it lies within itself, or became a link since it was seen. */
async function reasonNotToEnter(
  directory: Directory,
  { realPath, identity, device }: OpenDirectory,
  rules: LinkRules,
): Promise<SkipReason | undefined> {
  if (!isWithin(rules.realRoot, realPath)) {
    return "outside";
  }
  if (directory.expected !== undefined && directory.expected !== realPath) {
    return "symlink";
  }
  directory.realPath = realPath;
  directory.identity = identity;
  await processPace.trust(realPath, device);
  for (let above = directory.parent; above !== undefined; above = above.parent) {
    if (above.identity === identity) {
      return "loop";
    }
  }
  return undefined;
}
