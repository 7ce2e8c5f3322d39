import { CommanderError } from "commander";
import { ownEnvironment } from "./credentials.ts";
import { raiseWasmBudget } from "./engine-flags.ts";
import { prefersChinese } from "./help/language.ts";
import { expectsJson, flushOutput, guardOutput, writeError } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs the command and exits with its exit code. Any failure prints one line to stderr and no stack. */
async function main(argv: readonly string[]): Promise<void> {
  guardOutput();
  raiseWasmBudget();
  // Removes the secrets from process.env first, so that no diagnostic report of a crash contains them.
  const env = ownEnvironment();
  process.on("uncaughtException", (error) => void fail(error, argv));
  process.on("unhandledRejection", (error) => void fail(error, argv));
  try {
    let exitCode = 0;
    const program = createProgram((code) => {
      exitCode = code;
    });
    // Loaded only for such a locale, because it slows the start.
    if (prefersChinese(env)) (await import("./help/chinese-help.ts")).useChineseHelp(program);
    await program.parseAsync(argv);
    await end(exitCode);
  } catch (error) {
    await fail(error, argv);
  }
}

async function fail(error: unknown, argv: readonly string[]): Promise<void> {
  // With exitOverride(), commander throws an error for --help and --version too.
  if (error instanceof CommanderError && error.exitCode === 0) return end(0);
  // Without a command, commander has already written the help to stderr.
  if (error instanceof CommanderError && error.code === "commander.help") return end(2);
  try {
    // Loaded only on failure, because it loads the client, which slows the start.
    const { reportFailure } = await import("./report.ts");
    const { explainMisplaced } = await import("./misplaced-flag.ts");
    const isSet = /^(1|true|yes|on)$/i.test(process.env.COSUP_JSON ?? "");
    await end(
      reportFailure(explainMisplaced(error, argv), argv.includes("--json") || isSet || expectsJson()),
    );
  } catch (second) {
    writeError(`cosup: ${String(second)}`);
    await end(1);
  }
}

async function end(exitCode: number): Promise<void> {
  const lost = await flushOutput();
  if (lost !== undefined) {
    writeError(`cosup: the output is incomplete, stdout cannot be written: ${(lost as Error).message}`);
    await flushOutput();
  }
  // Idle connections and a terminal as stdin would keep the process running.
  process.exit(lost === undefined ? exitCode : exitCode || 1);
}

await main(process.argv);
