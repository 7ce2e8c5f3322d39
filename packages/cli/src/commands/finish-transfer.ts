import type { Display } from "../display/display.ts";
import { reportFailure } from "../report.ts";
import { interruptedExitCode, reportInterruptedDownload } from "./interruption.ts";
import type { Tally } from "./outcome.ts";

/** What a command that copies objects has at hand at its end. */
interface Transfer {
  readonly flags: { readonly json?: boolean };
  readonly display: Display;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/**
 * Waits for the work of a command, and reports its end: the summary, a failure or an interruption.
 * @param kept what an interruption has kept, where that depends on the command
 * @returns the exit code
 */
export async function finishTransfer(
  { flags, display, tally, signal }: Transfer,
  work: Promise<void>,
  kept?: () => string,
): Promise<number> {
  try {
    await work;
    display.end();
    display.summary(tally);
    return tally.exitCode;
  } catch (error) {
    display.end();
    const json = flags.json === true;
    if (signal.aborted) reportInterruptedDownload(signal.reason, json, kept?.());
    const exitCode = signal.aborted ? interruptedExitCode(signal.reason, tally) : reportFailure(error, json);
    // Arguments that turn out wrong late are one line, as all others.
    if (tally.files > 0 || json || signal.aborted) display.summary(tally);
    return exitCode;
  }
}
