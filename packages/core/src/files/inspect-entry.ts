import { SourceError } from "../errors.ts";
import type { DirectoryName, FileStatus, FileSystem } from "./file-system.ts";
import { isLossy, type LossyNames } from "./lossy-names.ts";
import { isWithin, joinPath } from "./paths.ts";
import { isStateFile, stateFileName } from "./state-file.ts";
import { type Place, type SkipReason, skipped, type WalkEntry } from "./walk-entry.ts";

/** A place that was reached, by its path with all links resolved. */
interface RealPlace extends Place {
  readonly realPath: string;
}

/** A directory that the walk will enter. */
export interface DirectoryEntry extends Place {
  readonly kind: "directory";
}

/** How a folder is walked. */
export interface WalkRules {
  readonly fileSystem: FileSystem;
  /** The root with all links resolved. */
  readonly realRoot: string;
  readonly followSymlinks: boolean;
  /** Whether the size of every file is needed, which costs one call of the system per file. */
  readonly sizes: boolean;
}

/** Decides what to do about one name of a directory: at once where the directory's own listing is enough. */
export function inspectEntry(
  directory: RealPlace,
  { name, isFile }: DirectoryName,
  rules: WalkRules,
  lossy: LossyNames,
): WalkEntry | DirectoryEntry | Promise<WalkEntry | DirectoryEntry> {
  const { fileSystem } = rules;
  const place: RealPlace = {
    path: joinPath(fileSystem, directory.path, name),
    realPath: joinPath(fileSystem, directory.realPath, name),
    relativePath: directory.relativePath === "" ? name : `${directory.relativePath}/${name}`,
  };
  if (lossy.repeats(name)) return skipped(place, "name-not-utf8", notUtf8(place.path));
  // 27 µs faster than to examine the file; but a lossy name may refer to no file.
  const isKnown = isFile && !rules.sizes && !isLossy(name);
  const known = (): WalkEntry => ({ kind: "file", ...place, size: 0 });
  if (isFile && stateFileName(name) !== undefined)
    return isStateFile(fileSystem, place.path, name).then((isState) =>
      isState ? skipped(place, "checkpoint") : isKnown ? known() : examine(place, name, rules),
    );
  return isKnown ? known() : examine(place, name, rules);
}

async function examine(
  place: RealPlace,
  name: string,
  rules: WalkRules,
): Promise<WalkEntry | DirectoryEntry> {
  const { fileSystem } = rules;
  try {
    const status = await fileSystem.lstat(place.path);
    if (!status.isSymlink) return classify(place, status);
    return rules.followSymlinks ? await followLink(place, rules) : skipped(place, "symlink");
  } catch (error) {
    // Runtimes put U+FFFD for bytes that are not UTF-8; such a name then refers to nothing.
    return isLossy(name) && fileSystem.kindOf(error) === "not-found"
      ? skipped(place, "name-not-utf8", notUtf8(place.path, error))
      : skipped(place, failureReason(fileSystem, error), error);
  }
}

/** The reason to report for something that could not be examined. */
export function failureReason(fileSystem: FileSystem, error: unknown): SkipReason {
  const kind = fileSystem.kindOf(error);
  return kind === "not-found" || kind === "not-directory" ? "vanished" : "unreadable";
}

function notUtf8(path: string, cause?: unknown): SourceError {
  return new SourceError(
    `${path} has a name that is not valid UTF-8, as object keys are`,
    "source-unreadable",
    cause,
    "rename it",
  );
}

async function followLink(
  place: RealPlace,
  { fileSystem, realRoot }: WalkRules,
): Promise<WalkEntry | DirectoryEntry> {
  let target: string;
  try {
    target = await fileSystem.realPath(place.path);
  } catch (error) {
    const kind = fileSystem.kindOf(error);
    if (kind === "link-loop") return skipped(place, "loop", error);
    return skipped(place, kind === "not-found" ? "dangling" : failureReason(fileSystem, error), error);
  }
  if (!isWithin(fileSystem, realRoot, target)) return skipped(place, "outside");
  return classify({ ...place, realPath: target }, await fileSystem.stat(target));
}

function classify(place: RealPlace, status: FileStatus): WalkEntry | DirectoryEntry {
  const { relativePath, path } = place;
  if (status.isDirectory) return { kind: "directory", relativePath, path };
  return status.isFile ? { kind: "file", ...place, size: status.size } : skipped(place, "special");
}
