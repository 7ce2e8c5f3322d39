import { ArgumentTypeError } from "@cosup/core";
// @ts-types="npm:@types/picomatch@4.0.3"
import picomatch from "picomatch";

/** Which files of a folder are meant. */
export interface GlobOptions {
  /** A file must match one of these; none given: every file does. */
  readonly include?: string | readonly string[] | undefined;
  /** A file that matches one of these is left out, whatever `include` says. */
  readonly exclude?: string | readonly string[] | undefined;
}

type Matches = (relativePath: string) => boolean;

/**
 * Compiles glob patterns over posix paths relative to the folder. A pattern with a slash is matched against the whole
 * path, one without against the name alone at any depth; in `exclude` also against the names of the folders above,
 * so that `node_modules` leaves out all that is in it. `logs/` means `logs/**`. Case counts, dot files match.
 */
export function matcher({ include, exclude }: GlobOptions): Matches {
  const included = compileAll("include", include, false);
  const excluded = compileAll("exclude", exclude, true);
  return (relativePath) =>
    (included.length === 0 || included.some((matches) => matches(relativePath))) &&
    !excluded.some((matches) => matches(relativePath));
}

function compileAll(parameter: string, patterns: GlobOptions["include"], anyFolder: boolean): Matches[] {
  const list = typeof patterns === "string" ? [patterns] : (patterns ?? []);
  return list.map((pattern) => compile(parameter, pattern, anyFolder));
}

function compile(parameter: string, pattern: string, anyFolder: boolean): Matches {
  if (typeof pattern !== "string" || pattern === "") {
    throw new ArgumentTypeError(parameter, "glob patterns, as strings that are not empty");
  }
  const rooted = pattern.replace(/^(\.?\/)+/, "");
  const whole = rooted.endsWith("/") ? `${rooted}**` : rooted;
  // `windows: false`: relative paths have forward slashes everywhere.
  const matches = picomatch(whole, { dot: true, windows: false });
  if (pattern.includes("/")) return (relativePath) => matches(relativePath);
  return (relativePath) => {
    const names = relativePath.split("/");
    return anyFolder ? names.some((name) => matches(name)) : matches(names.at(-1) ?? "");
  };
}
