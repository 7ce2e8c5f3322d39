import { type GlobOptions, globMatcher, type Matches } from "@cosup/core/directory";

/** Compiles `include` and `exclude`. picomatch is loaded here, as few programs need it: 2 ms of their start. */
export async function matcher(options: GlobOptions): Promise<Matches> {
  const { compileGlob } = await import("./glob.ts");
  return globMatcher(options, compileGlob);
}
