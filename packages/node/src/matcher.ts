import { type GlobOptions, globMatcher, type IsWanted, type Matches } from "@cosup/core/directory";
import { openFiles } from "@cosup/core/files";
import { onDemand } from "./on-demand.ts";

const load = onDemand(() => import("./glob.ts"), "./glob.js");

/** Compiles `include` and `exclude`. picomatch is loaded here, if there is a pattern: 2 ms of a program's start. */
export async function matcher(options: GlobOptions): Promise<IsWanted> {
  const { include = [], exclude = [] } = options;
  const hasPatterns = include.length > 0 || exclude.length > 0;
  return globMatcher(options, hasPatterns ? (await openFiles.open(load)).compileGlob : noPattern);
}

function noPattern(): Matches {
  throw new Error("there is no pattern to compile");
}
