import { ArgumentTypeError } from "../errors.ts";
import type { WalkEntry } from "../files/walk-entry.ts";

/** Which files of a folder to upload. */
export interface GlobOptions {
  /** A file must match one of these; none given: every file does. */
  readonly include?: string | readonly string[] | undefined;
  /** A file that matches one of these is left out, whatever `include` says. */
  readonly exclude?: string | readonly string[] | undefined;
}

/** Whether a path matches. */
export type Matches = (path: string) => boolean;

/**
 * Whether the filters want a file. Of a folder that could not be read nobody knows whether it has such files: `isFolder`
 * asks whether it is excluded.
 */
export type IsWanted = (relativePath: string, isFolder?: boolean) => boolean;

/**
 * Compiles `include` and `exclude`, for paths that are relative to the folder and have forward slashes. A pattern with a
 * slash is matched against the whole path, one without against the name alone at any depth; in `exclude` also against
 * the names of the folders above, so that `node_modules` leaves out all that is in it. `logs/` means `logs/**`.
 * @param compile compiles one glob; the adapter passes its glob library, so that core needs none
 */
export function globMatcher({ include, exclude }: GlobOptions, compile: (glob: string) => Matches): IsWanted {
  const included = compileAll("include", include, false, compile);
  const excluded = compileAll("exclude", exclude, true, compile);
  return (relativePath, isFolder = false) =>
    (isFolder || included.length === 0 || included.some((matches) => matches(relativePath))) &&
    !excluded.some((matches) => matches(relativePath));
}

/** Whether a folder upload tells of an entry. */
export function isReported(entry: WalkEntry, isWanted: IsWanted): boolean {
  return isWanted(entry.relativePath, entry.kind === "skipped" && entry.unread === true);
}

function compileAll(
  parameter: string,
  patterns: GlobOptions["include"],
  anyFolder: boolean,
  compile: (glob: string) => Matches,
): Matches[] {
  const list = typeof patterns === "string" ? [patterns] : (patterns ?? []);
  return list.map((pattern) => {
    if (typeof pattern !== "string" || pattern === "") {
      throw new ArgumentTypeError(parameter, "glob patterns, as strings that are not empty");
    }
    return compileOne(pattern, anyFolder, compile);
  });
}

function compileOne(pattern: string, anyFolder: boolean, compile: (glob: string) => Matches): Matches {
  const rooted = pattern.replace(/^(\.?\/)+/, "");
  const matches = compile(rooted.endsWith("/") ? `${rooted}**` : rooted);
  if (pattern.includes("/")) return matches;
  return (relativePath) => {
    const names = relativePath.split("/");
    return anyFolder ? names.some((name) => matches(name)) : matches(names.at(-1) ?? "");
  };
}
