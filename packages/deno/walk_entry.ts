import { SourceError } from "@cosup/core";
import {
  isLossy,
  type LossyNames,
  type SkipReason,
  stateFileName,
  type WalkEntry,
} from "@cosup/core/directory";
import { isWithin, join } from "./paths.ts";
import { isStateFile } from "./state_file.ts";

/** Where something lies, below the root and in the file system. */
export interface Place {
  readonly relativePath: string;
  readonly path: string;
}

/** A place that was reached, by its path with all links resolved. */
interface RealPlace extends Place {
  readonly realPath: string;
}

/** A directory that the walk will enter. */
export interface DirectoryEntry extends Place {
  readonly kind: "directory";
}

/** How links are treated. */
export interface LinkRules {
  /** The root with all links resolved. */
  readonly realRoot: string;
  readonly followSymlinks: boolean;
}

/** Looks at one name of a directory. */
export async function inspectEntry(
  directory: RealPlace,
  name: string,
  rules: LinkRules,
  lossy: LossyNames,
): Promise<WalkEntry | DirectoryEntry> {
  const place: RealPlace = {
    path: join(directory.path, name),
    realPath: join(directory.realPath, name),
    relativePath: directory.relativePath === "" ? name : `${directory.relativePath}/${name}`,
  };
  if (lossy.repeats(name)) return skipped(place, "name-not-utf8", notUtf8(place.path));
  try {
    const own = await Deno.lstat(place.path);
    if (own.isFile && stateFileName(name) !== undefined && (await isStateFile(place.path, name))) {
      return skipped(place, "checkpoint");
    }
    if (!own.isSymlink) return classify(place, own);
    return rules.followSymlinks ? await followLink(place, rules.realRoot) : skipped(place, "symlink");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      // Deno puts U+FFFD for bytes that are not UTF-8; such a name then names nothing.
      if (isLossy(name)) return skipped(place, "name-not-utf8", notUtf8(place.path, error));
      // Drafts come and go.
      if (stateFileName(name) !== undefined) return skipped(place, "checkpoint");
    }
    return skipped(place, walkFailure(error), error);
  }
}

function notUtf8(path: string, cause?: unknown): SourceError {
  return new SourceError(
    `${path} has a name that is not valid UTF-8, as object keys are`,
    "source-unreadable",
    cause,
    "rename it",
  );
}

/** An entry that is not uploaded; with an error, because it could not be. */
export function skipped({ relativePath, path }: Place, reason: SkipReason, error?: unknown): WalkEntry {
  const entry = { kind: "skipped", relativePath, path, size: 0, reason } as const;
  return error === undefined ? entry : { ...entry, error };
}

/** What an error met on the walk means for the entry. */
export function walkFailure(error: unknown): SkipReason {
  const gone = error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
  return gone ? "vanished" : "unreadable";
}

async function followLink(place: RealPlace, realRoot: string): Promise<WalkEntry | DirectoryEntry> {
  let target: string;
  try {
    target = await Deno.realPath(place.path);
  } catch (error) {
    if (error instanceof Deno.errors.FilesystemLoop) return skipped(place, "loop", error);
    return skipped(place, error instanceof Deno.errors.NotFound ? "dangling" : walkFailure(error), error);
  }
  if (!isWithin(realRoot, target)) return skipped(place, "outside");
  return classify({ ...place, realPath: target }, await Deno.stat(target));
}

function classify(place: RealPlace, info: Deno.FileInfo): WalkEntry | DirectoryEntry {
  const { relativePath, path } = place;
  if (info.isDirectory) return { kind: "directory", relativePath, path };
  return info.isFile ? { kind: "file", ...place, size: info.size } : skipped(place, "special");
}
