import type { RunFailure, RunProgress } from "./run-options.ts";

const MOST_FAILURES = 1000;

/** Adds up what a run does. */
export class RunTotals {
  sent = 0;
  unchanged = 0;
  resumed = 0;
  failed = 0;
  skippedLines = 0;
  bytesSent = 0;
  bytesResumed = 0;
  /** The first 1000. */
  readonly failures: RunFailure[] = [];
  readonly #report: ((progress: RunProgress) => void) | undefined;

  constructor(report: ((progress: RunProgress) => void) | undefined) {
    this.#report = report;
  }

  /** Adds to one of the numbers, and reports all of them. */
  count(name: keyof RunProgress, by = 1): void {
    this[name] += by;
    this.#report?.(this.progress());
  }

  addFailure(failure: RunFailure): void {
    if (this.failures.length < MOST_FAILURES) this.failures.push(failure);
    this.count("failed");
  }

  progress(): RunProgress {
    const { sent, unchanged, resumed, failed, skippedLines, bytesSent, bytesResumed } = this;
    return { sent, unchanged, resumed, failed, skippedLines, bytesSent, bytesResumed };
  }
}
