import { ArgumentTypeError } from "@cosup/core";
import type { SkipReason, WalkEntry } from "@cosup/core/directory";
import { withDescriptor } from "./descriptors.ts";
import { absolute, isWithin } from "./paths.ts";
import { unreadable } from "./sources/unreadable.ts";
import {
  type DirectoryEntry,
  inspectEntry,
  type LinkRules,
  type Place,
  skipped,
  walkFailure,
} from "./walk_entry.ts";

/** How a folder is walked. */
export interface WalkOptions {
  /** Follow links that stay within the root; a loop is skipped. Default false: links are skipped. */
  readonly followSymlinks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A directory yet to be read, with the chain of those it lies in. */
interface Directory extends Place {
  readonly parent: Directory | undefined;
  /** Its path with all links resolved, set once it is entered. */
  realPath: string;
}

/**
 * All files below `root`, as they are asked for: the files of a folder by name, then its folders by name. What cannot
 * or must not be read is an entry of kind `skipped`, and the walk goes on. Nothing outside the root is entered.
 */
export async function* walkFiles(
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkEntry, void, void> {
  const { followSymlinks = false, signal } = options;
  signal?.throwIfAborted();
  const { path, realRoot } = await resolveRoot(root);
  const rules: LinkRules = { realRoot, followSymlinks };
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
    // One by one: spreading a million names into push() overflows the stack.
    for (const next of below.reverse()) waiting.push(next);
  }
}

async function resolveRoot(root: string): Promise<{ path: string; realRoot: string }> {
  const path = absolute(root);
  let info: Deno.FileInfo;
  let realRoot: string;
  try {
    info = await Deno.stat(path);
    realRoot = await Deno.realPath(path);
  } catch (error) {
    throw unreadable(root, path, error);
  }
  if (!info.isDirectory) throw new ArgumentTypeError("LocalDirectoryPath", `${root} is not a directory`);
  return { path, realRoot };
}

async function* readDirectory(
  directory: Directory,
  rules: LinkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry | DirectoryEntry, void, void> {
  let names: string[];
  try {
    const barred = await barredBy(directory, rules);
    if (barred !== undefined) {
      yield skipped(directory, barred);
      return;
    }
    names = await withDescriptor(() => namesIn(directory.realPath), signal);
  } catch (error) {
    signal?.throwIfAborted();
    yield skipped(directory, walkFailure(error), error);
    return;
  }
  for (const name of names) {
    signal?.throwIfAborted();
    yield await inspectEntry(directory, name, rules);
  }
}

/** All of them at once: Deno reads a directory whole, whatever is taken of it. */
async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(path)) names.push(name);
  return names.sort();
}

/** Why a directory must not be entered: it lies within itself, or became a link out of the root since it was seen. */
async function barredBy(directory: Directory, rules: LinkRules): Promise<SkipReason | undefined> {
  directory.realPath = await Deno.realPath(directory.path);
  if (!isWithin(rules.realRoot, directory.realPath)) return "outside";
  for (let above = directory.parent; above !== undefined; above = above.parent) {
    if (above.realPath === directory.realPath) return "loop";
  }
  return undefined;
}
