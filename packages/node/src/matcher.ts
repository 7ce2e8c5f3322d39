import { type GlobOptions, globMatcher, type IsWanted } from "@cosup/core/directory";
import { openFiles } from "@cosup/core/files";
import { onDemand } from "./on-demand.ts";

const load = onDemand(() => import("./glob.ts"), "./glob.js");

/** Compiles `include` and `exclude`. picomatch is loaded here, as few programs need it: 2 ms of their start. */
export async function matcher(options: GlobOptions): Promise<IsWanted> {
  const { compileGlob } = await openFiles.open(load);
  return globMatcher(options, compileGlob);
}
