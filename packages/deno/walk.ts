import { ArgumentTypeError } from "@cosup/core";
import { LossyNames, type SkipReason, type WalkEntry } from "@cosup/core/directory";
import { type OpenDirectory, openDirectory } from "./open_directory.ts";
import { absolute, isWithin, join } from "./paths.ts";
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
  /** Its name, where it must not have become a link: not of the root, nor where links are followed. */
  readonly plainName: string | undefined;
  /** Its path with all links resolved, set once it is entered. */
  realPath: string;
}

/**
 * All files below `folder`, as they are asked for: the files of a folder by name, then its folders by name. What cannot
 * or must not be read is an entry of kind `skipped`, and the walk goes on. Nothing outside the folder is entered.
 */
export async function* walkFiles(
  folder: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkEntry, void, void> {
  const { followSymlinks = false, signal } = options;
  signal?.throwIfAborted();
  const { path, realRoot } = await resolveRoot(folder, signal);
  const rules: LinkRules = { realRoot, followSymlinks };
  const root: Directory = { path, realPath: "", relativePath: "", parent: undefined, plainName: undefined };
  const waiting: Directory[] = [root];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const below: Directory[] = [];
    for await (const entry of readDirectory(directory, rules, signal)) {
      if (entry.kind === "directory") {
        const { path, relativePath } = entry;
        const plainName = followSymlinks ? undefined : relativePath.slice(relativePath.lastIndexOf("/") + 1);
        below.push({ path, realPath: "", relativePath, parent: directory, plainName });
      } else {
        yield entry;
      }
    }
    // One by one: spreading a million names into push() overflows the stack.
    for (const next of below.reverse()) waiting.push(next);
  }
}

async function resolveRoot(
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ path: string; realRoot: string }> {
  const path = absolute(root);
  try {
    if ((await Deno.stat(path)).isDirectory) {
      const opened = await openDirectory(path, signal);
      opened.close();
      return { path, realRoot: opened.realPath };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(root, path, error);
  }
  throw new ArgumentTypeError("LocalDirectoryPath", `${root} is not a directory`);
}

async function* readDirectory(
  directory: Directory,
  rules: LinkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry | DirectoryEntry, void, void> {
  let opened: OpenDirectory | undefined;
  let names: string[];
  try {
    opened = await openDirectory(directory.path, signal);
    const reason = reasonNotToEnter(directory, opened.realPath, rules);
    if (reason !== undefined) {
      yield skipped(directory, reason);
      return;
    }
    names = await opened.names();
  } catch (error) {
    signal?.throwIfAborted();
    yield skipped(directory, walkFailure(error), error);
    return;
  } finally {
    opened?.close();
  }
  const lossy = new LossyNames();
  for (const name of names) {
    signal?.throwIfAborted();
    yield await inspectEntry(directory, name, rules, lossy);
  }
}

/** Why a directory must not be entered: it lies within itself, or became a link since it was seen. */
function reasonNotToEnter(directory: Directory, realPath: string, rules: LinkRules): SkipReason | undefined {
  if (!isWithin(rules.realRoot, realPath)) return "outside";
  const { parent, plainName } = directory;
  if (parent !== undefined && plainName !== undefined && join(parent.realPath, plainName) !== realPath) {
    return "symlink";
  }
  directory.realPath = realPath;
  for (let above = parent; above !== undefined; above = above.parent) {
    if (above.realPath === realPath) return "loop";
  }
  return undefined;
}
