import type { ProgressDetails } from "@cosup/node";
import cliProgress from "cli-progress";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeResult } from "../output.ts";
import type { Display, DisplayContext, Warning } from "./display.ts";
import { formatBytes, formatSeconds, outcomeLine, percentOf, summaryLine } from "./format.ts";
import { failureLine } from "./quiet.ts";
import { Rate } from "./rate.ts";
import { visible } from "./visible.ts";

interface ProgressSnapshot {
  readonly acknowledged: number;
  /** Acknowledged or in flight. */
  readonly sent: number;
  readonly total: number | undefined;
}

/** Shows a progress bar with bytes, rate, remaining time and finished files. Requires that stderr is a TTY. */
export class BarDisplay implements Display {
  readonly wantsTotal = true;
  readonly #context: DisplayContext;
  readonly #rate = new Rate();
  readonly #bars: cliProgress.MultiBar;
  readonly #bar: cliProgress.SingleBar;
  #progress: ProgressSnapshot = { acknowledged: 0, sent: 0, total: undefined };
  #filesDone = 0;
  #only: Outcome | undefined;
  #ended = false;

  constructor(context: DisplayContext) {
    this.#context = context;
    this.#bars = new cliProgress.MultiBar(
      {
        stream: process.stderr,
        fps: 10,
        barsize: 20,
        clearOnComplete: true,
        // The command handles signals itself, and a killed process must not leave the terminal changed.
        gracefulExit: false,
        hideCursor: null,
        linewrap: true,
        format: (options, parameters) => this.#line(options, parameters.progress),
      },
      cliProgress.Presets.shades_classic,
    );
    this.#bar = this.#bars.create(1, 0);
  }

  progress({ acknowledged, resumed, inFlight }: ProgressDetails, total: number | undefined): void {
    const sent = acknowledged + inFlight;
    this.#rate.add(sent - resumed, performance.now());
    this.#progress = { acknowledged, sent, total };
    if (total !== undefined) this.#bar.setTotal(Math.max(total, 1));
    this.#bar.update(total === undefined ? 0 : sent);
  }

  outcome(outcome: Outcome): void {
    this.#filesDone += 1;
    this.#only = outcome;
    if (outcome.status === "failed") this.#bars.log(`${visible(failureLine(outcome))}\n`);
  }

  warning({ message }: Warning): void {
    this.#bars.log(`${visible(`warning: ${message}`)}\n`);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // Draws once more, so that no logged line is lost.
    this.#bars.update();
    this.#bars.stop();
  }

  summary(tally: Tally): void {
    const single = tally.files === 1 ? this.#only : undefined;
    if (single?.status === "failed") return;
    if (single !== undefined) writeResult(outcomeLine(single, this.#context.bucket));
    writeResult(summaryLine(tally));
  }

  #line(options: cliProgress.Options, fraction: number): string {
    const { acknowledged, sent, total } = this.#progress;
    const rate = this.#rate.bytesPerSecond;
    const left = total === undefined ? undefined : this.#rate.secondsFor(total - sent);
    const bytes = total === undefined ? formatBytes(sent) : `${formatBytes(sent)} / ${formatBytes(total)}`;
    // Most important first: text beyond the width of the terminal is cut off.
    return [
      total === undefined
        ? undefined
        : `${cliProgress.Format.BarFormat(fraction, options)} ${String(percentOf(acknowledged, total, sent)).padStart(3)}%`,
      bytes,
      rate === undefined ? undefined : `${formatBytes(rate)}/s`,
      left === undefined ? undefined : `ETA ${formatSeconds(Math.ceil(left))}`,
      visible(this.#context.title ?? `${this.#filesDone} done`),
    ]
      .filter((field) => field !== undefined)
      .join("  ");
  }
}
