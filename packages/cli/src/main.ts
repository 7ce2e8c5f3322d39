import { CommanderError } from "commander";
import { ownEnvironment } from "./credentials.ts";
import { flushOutput, guardOutput, writeError } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs the command line and ends the process with its exit code: one line on stderr for any failure, never a stack. */
async function main(argv: readonly string[]): Promise<void> {
  guardOutput();
  // Before anything can crash: what is taken out now is in no report.
  ownEnvironment();
  process.on("uncaughtException", (error) => void fail(error, argv));
  process.on("unhandledRejection", (error) => void fail(error, argv));
  try {
    let exitCode = 0;
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(argv);
    await end(exitCode);
  } catch (error) {
    await fail(error, argv);
  }
}

async function fail(error: unknown, argv: readonly string[]): Promise<void> {
  // Help and version arrive as errors too, because commander is told not to end the process itself.
  if (error instanceof CommanderError && error.exitCode === 0) return end(0);
  // Called without a command: the help has been written to stderr.
  if (error instanceof CommanderError && error.code === "commander.help") return end(2);
  try {
    // Loaded on failure only: it needs the client, and the client takes a while to load.
    const { reportFailure } = await import("./report.ts");
    await end(reportFailure(error, argv.includes("--json")));
  } catch (second) {
    writeError(`cosup: ${String(second)}`);
    await end(1);
  }
}

async function end(exitCode: number): Promise<void> {
  await flushOutput();
  // Idle connections and a terminal as stdin would keep the process alive.
  process.exit(exitCode);
}

await main(process.argv);
