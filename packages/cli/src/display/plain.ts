import type { UploadWarning } from "@cosup/node";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeError, writeResult } from "../output.ts";
import type { Display, Shown } from "./display.ts";
import { failureLine } from "./quiet.ts";
import { Rate } from "./rate.ts";
import { formatBytes, outcomeLine, percentOf, summaryLine } from "./words.ts";

const PROGRESS_MS = 10_000;

/** Plain lines, for logs: one per object, and where it stands every ten seconds. */
export class PlainDisplay implements Display {
  readonly wantsTotal: boolean;
  readonly #shown: Shown;
  readonly #rate = new Rate();
  #toldAt = performance.now();

  constructor(shown: Shown) {
    this.#shown = shown;
    this.wantsTotal = shown.progress;
  }

  progress(consumed: number, total: number | undefined): void {
    const now = performance.now();
    this.#rate.add(consumed, now);
    if (!this.#shown.progress || now - this.#toldAt < PROGRESS_MS) return;
    this.#toldAt = now;
    const rate = this.#rate.bytesPerSecond;
    const of = total === undefined ? "" : ` of ${formatBytes(total)} (${percentOf(consumed, total)}%)`;
    writeError(`${formatBytes(consumed)}${of}${rate === undefined ? "" : `, ${formatBytes(rate)}/s`}`);
  }

  outcome(outcome: Outcome): void {
    if (outcome.status === "failed") writeError(failureLine(outcome));
    else writeResult(outcomeLine(outcome, this.#shown.bucket));
  }

  warning({ message }: UploadWarning): void {
    writeError(`warning: ${message}`);
  }

  end(): void {}

  summary(tally: Tally): void {
    // One object that failed has had its line.
    if (tally.files > 1 || tally.failed === 0) writeResult(summaryLine(tally));
  }
}
