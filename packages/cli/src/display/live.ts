import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeError, writeResult } from "../output.ts";
import { type RetryBoard, retries } from "../watch/retry-board.ts";
import type { Display, DisplayContext, TransferDetails, Warning } from "./display.ts";
import { outcomeLine, summaryLine } from "./format.ts";
import { Frame, type TerminalStream } from "./frame.ts";
import type { Screen } from "./progress-view.ts";
import { failureLine } from "./quiet.ts";
import { Rate } from "./rate.ts";
import { renderProgress } from "./render-progress.ts";
import { colorsOf, hasUnicode } from "./terminal.ts";

/** Ten times a second, as often as the client reports. */
const DRAW_MS = 100;

/** Where a {@link LiveDisplay} draws, and what it knows the time from. Tests have their own. */
export interface LiveParts {
  readonly stream: TerminalStream;
  readonly retries: RetryBoard;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/** Shows progress in some lines at the bottom of a terminal, and everything else above them. */
export class LiveDisplay implements Display {
  readonly wantsTotal = true;
  readonly #context: DisplayContext;
  readonly #parts: LiveParts;
  readonly #frame: Frame;
  readonly #rate = new Rate();
  readonly #timer: NodeJS.Timeout;
  #details: TransferDetails = { acknowledged: 0, resumed: 0, inFlight: 0, bytesPerSecond: undefined };
  #total: number | undefined;
  #done = 0;
  #failed = 0;
  #only: Outcome | undefined;

  constructor(context: DisplayContext, parts?: LiveParts) {
    this.#context = context;
    this.#parts = parts ?? { stream: process.stderr, retries, now: () => performance.now() };
    this.#frame = new Frame(this.#parts.stream);
    this.#timer = setInterval(() => this.draw(), DRAW_MS).unref();
    process.on("SIGCONT", this.#resumed);
  }

  progress(details: TransferDetails, total: number | undefined): void {
    this.#details = details;
    this.#total = total;
  }

  fileEnded(failed: boolean): void {
    if (failed) this.#failed += 1;
    else this.#done += 1;
  }

  outcome(outcome: Outcome): void {
    this.fileEnded(outcome.status === "failed");
    this.#only = outcome;
    if (outcome.status === "failed") writeError(failureLine(outcome));
  }

  warning({ message }: Warning): void {
    writeError(`warning: ${message}`);
  }

  /** Draws what is known now. */
  draw(): void {
    const { acknowledged, resumed, inFlight, files } = this.#details;
    const now = this.#parts.now();
    // Also when nothing has been reported: a line that stands still has the rate 0.
    this.#rate.add(acknowledged + inFlight - resumed, now);
    const view = {
      acknowledged,
      inFlight,
      total: this.#total,
      bytesPerSecond: this.#rate.bytesPerSecond,
      done: this.#done,
      failed: this.#failed,
      active: Array.from(files ?? [], (file) => ({ ...file, sent: file.acknowledged + file.inFlight })),
      waiting: this.#parts.retries.waiting(now),
    };
    this.#frame.draw(renderProgress(view, this.#screen()));
  }

  end(): void {
    clearInterval(this.#timer);
    process.off("SIGCONT", this.#resumed);
    this.#frame.close();
  }

  summary(tally: Tally): void {
    const single = tally.files === 1 ? this.#only : undefined;
    if (single?.status === "failed") return;
    if (single !== undefined) writeResult(outcomeLine(single, this.#context.bucket));
    writeResult(summaryLine(tally));
  }

  readonly #resumed = (): void => this.#frame.forget();

  #screen(): Screen {
    const { columns, rows } = this.#frame;
    return { columns, rows, color: colorsOf(process.env), unicode: hasUnicode(process.env) };
  }
}
