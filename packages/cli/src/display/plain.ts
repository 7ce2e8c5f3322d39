import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeError, writeResult } from "../output.ts";
import type { Display, DisplayContext, TransferDetails, Warning } from "./display.ts";
import { formatBytes, formatSeconds, outcomeLine, percentOf, summaryLine } from "./format.ts";
import { failureLine } from "./quiet.ts";
import { Rate } from "./rate.ts";

/** Minimum time between two progress lines. */
const PROGRESS_MS = 10_000;

/** Prints plain lines for logs: one per object, and a progress line every ten seconds. */
export class PlainDisplay implements Display {
  readonly wantsTotal: boolean;
  readonly #context: DisplayContext;
  readonly #rate = new Rate();
  #reportedAt = performance.now();

  constructor(context: DisplayContext) {
    this.#context = context;
    this.wantsTotal = context.progress;
  }

  progress({ acknowledged, resumed, inFlight }: TransferDetails, total: number | undefined): void {
    const now = performance.now();
    const sent = acknowledged + inFlight;
    this.#rate.add(sent - resumed, now);
    if (!this.#context.progress || now - this.#reportedAt < PROGRESS_MS) return;
    this.#reportedAt = now;
    const rate = this.#rate.bytesPerSecond;
    const of =
      total === undefined ? "" : ` of ${formatBytes(total)} (${percentOf(acknowledged, total, sent)}%)`;
    const left = rate === undefined || total === undefined ? undefined : this.#rate.secondsFor(total - sent);
    const speed = rate === undefined ? "" : `, ${formatBytes(Math.round(rate))}/s`;
    writeError(
      `${formatBytes(sent)}${of}${speed}${left === undefined ? "" : `, ETA ${formatSeconds(Math.ceil(left))}`}`,
    );
  }

  outcome(outcome: Outcome): void {
    if (outcome.status === "failed") writeError(failureLine(outcome));
    else writeResult(outcomeLine(outcome, this.#context.bucket));
  }

  warning({ message }: Warning): void {
    writeError(`warning: ${message}`);
  }

  fileEnded(): void {}

  end(): void {}

  summary(tally: Tally): void {
    // A single failed object has already been reported.
    if (tally.files > 1 || tally.failed === 0) writeResult(summaryLine(tally));
  }
}
