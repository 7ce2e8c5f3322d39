import type { Stats } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { SourceError } from "@cosup/core";
import { isLossy, type LossyNames, type SkipReason, stateFileName } from "@cosup/core/directory";
import { errorCode } from "./error-code.ts";
import { isStateFile } from "./state-file.ts";

/** What a walk yields. `relativePath` has forward slashes; "" is the root itself. */
export type WalkEntry =
  | {
      readonly kind: "file";
      readonly relativePath: string;
      readonly path: string;
      /** With all links resolved. */
      readonly realPath: string;
      readonly size: number;
    }
  | {
      readonly kind: "skipped";
      readonly relativePath: string;
      readonly path: string;
      readonly size: 0;
      readonly reason: SkipReason;
      readonly error?: unknown;
    };

/** Where something lies, below the root and in the file system. */
export interface Place {
  readonly relativePath: string;
  readonly path: string;
}

/** A place that was reached, by its path with all links resolved. */
interface RealPlace extends Place {
  readonly realPath: string;
}

export interface DirectoryEntry extends Place {
  readonly kind: "directory";
}

export interface LinkRules {
  /** The root with all links resolved. */
  readonly realRoot: string;
  readonly followSymlinks: boolean;
  /** Whether the size of every file is wanted: that costs a look at each. */
  readonly sizes: boolean;
}

/** What reading a directory tells of a name in it. */
export interface Name {
  readonly name: string;
  readonly isFile: boolean;
}

/** Looks at one name of a directory. */
export async function inspectEntry(
  directory: RealPlace,
  { name, isFile }: Name,
  rules: LinkRules,
  lossy: LossyNames,
): Promise<WalkEntry | DirectoryEntry> {
  const place: RealPlace = {
    path: join(directory.path, name),
    realPath: join(directory.realPath, name),
    relativePath: directory.relativePath === "" ? name : `${directory.relativePath}/${name}`,
  };
  if (lossy.repeats(name)) {
    return skipped(place, "name-not-utf8", notUtf8(place.path));
  }
  if (isFile && stateFileName(name) !== undefined && (await isStateFile(place.path, name))) {
    return skipped(place, "checkpoint");
  }
  // The directory itself has said enough, 27 µs sooner; but a lossy name has yet to be found out.
  if (isFile && !rules.sizes && !isLossy(name)) {
    return { kind: "file", ...place, size: 0 };
  }
  try {
    const own = await lstat(place.path);
    if (!own.isSymbolicLink()) {
      return classify(place, own);
    }
    return rules.followSymlinks ? await followLink(place, rules.realRoot) : skipped(place, "symlink");
  } catch (error) {
    // Node puts U+FFFD for bytes that are not UTF-8; such a name then names nothing.
    return isLossy(name) && errorCode(error) === "ENOENT"
      ? skipped(place, "name-not-utf8", notUtf8(place.path, error))
      : skipped(place, walkFailure(error), error);
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

export function skipped({ relativePath, path }: Place, reason: SkipReason, error?: unknown): WalkEntry {
  const entry = { kind: "skipped", relativePath, path, size: 0, reason } as const;
  return error === undefined ? entry : { ...entry, error };
}

export function walkFailure(error: unknown): SkipReason {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR" ? "vanished" : "unreadable";
}

async function followLink(place: RealPlace, realRoot: string): Promise<WalkEntry | DirectoryEntry> {
  let target: string;
  try {
    target = await realpath(place.path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ELOOP") {
      return skipped(place, "loop", error);
    }
    return skipped(place, code === "ENOENT" ? "dangling" : walkFailure(error), error);
  }
  if (!isWithin(realRoot, target)) {
    return skipped(place, "outside");
  }
  return classify({ ...place, realPath: target }, await stat(target));
}

/** Whether a path without links is the root or lies below it. */
export function isWithin(realRoot: string, realPath: string): boolean {
  const prefix = realRoot.endsWith(sep) ? realRoot : realRoot + sep;
  return realPath === realRoot || realPath.startsWith(prefix);
}

function classify(place: RealPlace, stats: Stats): WalkEntry | DirectoryEntry {
  if (stats.isDirectory()) {
    return { kind: "directory", relativePath: place.relativePath, path: place.path };
  }
  return stats.isFile() ? { kind: "file", ...place, size: stats.size } : skipped(place, "special");
}
