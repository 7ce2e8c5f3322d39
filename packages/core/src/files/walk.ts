import { ArgumentTypeError } from "../errors.ts";
import type { DirectoryName, DirectoryNames, FileSystem } from "./file-system.ts";
import { failureReason, inspectEntry, type WalkRules } from "./inspect-entry.ts";
import { compareKeyNames } from "./key-order.ts";
import { LossyNames } from "./lossy-names.ts";
import { type OpenDirectory, openDirectory } from "./open-directory.ts";
import { isWithin, joinPath } from "./paths.ts";
import { type Place, type SkipReason, skipped, unread, type WalkEntry } from "./walk-entry.ts";

/** In which order a walk yields its entries; see {@link WalkOptions.order}. */
export type WalkOrder = "folder" | "key";

/** How a folder is walked. */
export interface WalkOptions {
  /** Follow links that stay within the root; a loop is skipped. Default false: links are skipped. */
  readonly followSymlinks?: boolean | undefined;
  /** Read the size of every file, for a progress display; default true. Without it, sizes are 0. */
  readonly sizes?: boolean | undefined;
  /**
   * `folder` (default): the files of a folder by name, then its folders. `key`: everything in the order in which COS lists
   * keys, which needs all names of a folder in memory.
   */
  readonly order?: WalkOrder | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A directory that is not read yet, with the chain of those it lies in. */
interface Directory extends Place {
  readonly parent: Directory | undefined;
  /** Its real path unless it became a link since; undefined of the root, and where links are followed. */
  readonly expected: string | undefined;
  /** Set once the directory is entered. */
  identity?: string;
  /** With all links resolved; set once the directory is entered. */
  realPath: string;
}

/** So many names are sorted at a time; a larger folder comes in sorted runs, in bounded memory. */
const RUN_LENGTH = 4_096;

/**
 * All files below `root`, read as they are requested: the files of a folder by name, then its folders by name. What cannot
 * or must not be read is an entry of kind `skipped`, and the walk goes on. One directory is open at a time, and nothing
 * outside the root is entered.
 */
export function walkFiles(
  fileSystem: FileSystem,
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkEntry, void, void> {
  const begin = (): Promise<Walk> => beginWalk(fileSystem, root, options);
  return options.order === "key" ? inKeyOrder(begin, options.signal) : byFolder(begin, options.signal);
}

interface Walk {
  readonly top: Directory;
  readonly rules: WalkRules;
}

async function beginWalk(
  fileSystem: FileSystem,
  root: string,
  { followSymlinks = false, sizes = true, signal }: WalkOptions,
): Promise<Walk> {
  signal?.throwIfAborted();
  const { path, realRoot } = await resolveRoot(fileSystem, root, signal);
  const top = { path, relativePath: "", parent: undefined, expected: undefined, realPath: "" };
  return { top, rules: { fileSystem, realRoot, followSymlinks, sizes } };
}

/**
 * Here and in {@link inKeyOrder}, the names of a folder come in runs: each async generator that an entry passes through costs
 * a small file 1 % of its CPU.
 */
async function* byFolder(
  begin: () => Promise<Walk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry, void, void> {
  const { top, rules } = await begin();
  const waiting = [top];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const below: Directory[] = [];
    const lossy = new LossyNames();
    for await (const run of readDirectory(directory, rules, signal)) {
      for (const name of run.names) {
        signal?.throwIfAborted();
        const inspected = inspectEntry(directory, name, rules, lossy);
        const entry = inspected instanceof Promise ? await inspected : inspected;
        if (entry.kind === "directory") below.push(directoryBelow(directory, entry, rules));
        else yield entry;
      }
      if (run.skipped !== undefined) yield run.skipped;
    }
    below.sort((one, other) => (one.relativePath < other.relativePath ? 1 : -1));
    // One by one: spreading a million names into push() overflows the stack.
    for (const next of below) waiting.push(next);
  }
}

/** A file, or a folder whose files come where it stands. */
type Waiting = WalkEntry | { readonly kind: "below"; readonly relativePath: string; readonly to: Directory };

async function* inKeyOrder(
  begin: () => Promise<Walk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkEntry, void, void> {
  const { top, rules } = await begin();
  const waiting: Waiting[] = [{ kind: "below", relativePath: "", to: top }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind !== "below") {
      yield next;
      continue;
    }
    const found: Waiting[] = [];
    const lossy = new LossyNames();
    for await (const run of readDirectory(next.to, rules, signal)) {
      for (const name of run.names) {
        signal?.throwIfAborted();
        const entry = await inspectEntry(next.to, name, rules, lossy);
        const { relativePath } = entry;
        found.push(
          entry.kind === "directory"
            ? { kind: "below", relativePath, to: directoryBelow(next.to, entry, rules) }
            : entry,
        );
      }
      if (run.skipped !== undefined) found.push(run.skipped);
    }
    // The last one is taken first.
    found.sort((one, other) => compareKeyNames(keyOf(other), keyOf(one)));
    for (const each of found) waiting.push(each);
  }
}

/** What the keys of an entry begin with: those of a folder's files go on with "/", which decides between `a/b` and `a.b`. */
function keyOf({ kind, relativePath }: Waiting): string {
  return kind === "below" ? `${relativePath}/` : relativePath;
}

function directoryBelow(parent: Directory, { path, relativePath }: Place, rules: WalkRules): Directory {
  const name = relativePath.slice(relativePath.lastIndexOf("/") + 1);
  const expected = rules.followSymlinks ? undefined : joinPath(rules.fileSystem, parent.realPath, name);
  return { path, relativePath, parent, expected, realPath: "" };
}

async function resolveRoot(
  fileSystem: FileSystem,
  root: string,
  signal: AbortSignal | undefined,
): Promise<{ path: string; realRoot: string }> {
  const path = fileSystem.absolute(root);
  try {
    if ((await fileSystem.stat(path)).isDirectory) {
      const opened = await openDirectory(fileSystem, path, signal);
      opened.close();
      return { path, realRoot: opened.realPath };
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw fileSystem.unreadable(root, path, error);
  }
  throw new ArgumentTypeError("LocalDirectoryPath", `${root} is not a directory`);
}

/** Names of a directory, sorted. */
interface Run {
  readonly names: readonly DirectoryName[];
  /** The directory itself, if it could not be read, or not to its end. */
  readonly skipped: WalkEntry | undefined;
}

async function* readDirectory(
  directory: Directory,
  rules: WalkRules,
  signal: AbortSignal | undefined,
): AsyncGenerator<Run, void, void> {
  let opened: OpenDirectory | undefined;
  let names: DirectoryNames;
  try {
    opened = await openDirectory(rules.fileSystem, directory.path, signal);
    const reason = await reasonNotToEnter(directory, opened, rules);
    if (reason !== undefined) {
      yield { names: [], skipped: skipped(directory, reason) };
      return;
    }
    names = await opened.names();
  } catch (error) {
    signal?.throwIfAborted();
    yield { names: [], skipped: unread(directory, failureReason(rules.fileSystem, error), error) };
    return;
  } finally {
    opened?.close();
  }
  try {
    for (let more = true; more; ) {
      const { names: next, more: isMore, error } = await readRun(directory, names, rules, signal);
      const failed = error !== undefined;
      yield {
        names: next,
        skipped: failed ? unread(directory, failureReason(rules.fileSystem, error), error) : undefined,
      };
      more = isMore;
    }
  } finally {
    await names.close();
  }
}

async function readRun(
  directory: Directory,
  list: DirectoryNames,
  { fileSystem }: WalkRules,
  signal: AbortSignal | undefined,
): Promise<{ names: DirectoryName[]; more: boolean; error?: unknown }> {
  const names: DirectoryName[] = [];
  try {
    while (names.length < RUN_LENGTH) {
      signal?.throwIfAborted();
      const name = await list.read();
      if (name === null) {
        // The list of a directory that is removed meanwhile ends there as if it were complete.
        await fileSystem.lstat(directory.realPath);
        return { names: sorted(names), more: false };
      }
      names.push(name);
    }
    return { names: sorted(names), more: true };
  } catch (error) {
    signal?.throwIfAborted();
    return { names: sorted(names), more: false, error };
  }
}

function sorted(names: DirectoryName[]): DirectoryName[] {
  return names.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Why a directory must not be entered: it lies within itself, or became a link since it was listed. */
async function reasonNotToEnter(
  directory: Directory,
  opened: OpenDirectory,
  { fileSystem, realRoot }: WalkRules,
): Promise<SkipReason | undefined> {
  const { realPath, identity } = opened;
  if (!isWithin(fileSystem, realRoot, realPath)) return "outside";
  if (directory.expected !== undefined && directory.expected !== realPath) return "symlink";
  directory.realPath = realPath;
  directory.identity = identity;
  await fileSystem.onEnter?.(opened);
  for (let above = directory.parent; above !== undefined; above = above.parent) {
    if (above.identity === identity) return "loop";
  }
  return undefined;
}
