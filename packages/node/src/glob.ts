import type { Matches } from "@cosup/core/directory";
import picomatch from "picomatch";

/** Compiles one glob with picomatch. Case counts, dot files match. */
export function compileGlob(glob: string): Matches {
  // `windows: false`: relative paths have forward slashes everywhere.
  const matches = picomatch(glob, { dot: true, windows: false });
  return (path) => matches(path);
}
