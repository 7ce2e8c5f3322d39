import { createInterface } from "node:readline/promises";
import { ArgumentTypeError } from "@cosup/node";
import { visible } from "./display/visible.ts";
import { Interrupted } from "./interrupt.ts";

/**
 * Asks on the terminal whether to go on; `--yes` agrees without asking.
 * @throws {TypeError} there is no terminal and no `--yes`: a script must say that it means it
 * @throws {Interrupted} Ctrl-C or Ctrl-D in place of a reply
 */
export async function confirm(question: string, yes: boolean, signal: AbortSignal): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new ArgumentTypeError("yes", "must be given where there is no terminal to ask on");
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${visible(question)} [y/N] `, { signal })).trim());
  } catch (error) {
    // The question ends where the cursor is.
    process.stderr.write("\n");
    if (signal.aborted) throw signal.reason;
    // readline reads these keys itself, so that there is no signal.
    throw (error as Error).name === "AbortError" ? new Interrupted("SIGINT") : error;
  } finally {
    lines.close();
  }
}
