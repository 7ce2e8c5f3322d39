import { type GlobOptions, globMatcher, type IsWanted } from "@cosup/core/directory";
// @ts-types="npm:@types/picomatch@4.0.3"
import picomatch from "picomatch";

/** Compiles `include` and `exclude` with picomatch. Case counts, dot files match. */
export function matcher(options: GlobOptions): IsWanted {
  // `windows: false`: relative paths have forward slashes everywhere.
  return globMatcher(options, (glob) => {
    const matches = picomatch(glob, { dot: true, windows: false });
    return (path) => matches(path);
  });
}
