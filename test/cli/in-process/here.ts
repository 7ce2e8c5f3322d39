import { vi } from "vitest";
import { ownEnvironment } from "../../../packages/cli/src/credentials.ts";
import { createProgram } from "../../../packages/cli/src/program.ts";
import { reportFailure } from "../../../packages/cli/src/report.ts";
import type { Rig, Run } from "../rig.ts";

/**
 * Prepares this process to run cosup in itself, which takes a hundredth of the time of a process of its own. Paths must be
 * absolute. Call it before anything of cosup reads the environment. Test files that use it need a process each, because cosup
 * reads the environment once and listens to signals: those of this folder have one.
 */
export function useHere(rig: Rig): (words: readonly string[]) => Promise<Run> {
  Object.assign(process.env, rig.env);
  ownEnvironment();
  process.setMaxListeners(0);
  return (words) => runHere(words);
}

async function runHere(words: readonly string[]): Promise<Run> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  let code = 0;
  try {
    const program = createProgram((exitCode) => {
      code = exitCode;
    });
    await program.parseAsync(["node", "cosup", ...words]);
  } catch (error) {
    code = reportFailure(error, words.includes("--json"));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { code, ...written };
}
