import type { RetryEvent } from "@cosup/node";
import { classify } from "../classify-error.ts";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeError, writeJson } from "../output.ts";
import { messageOf } from "../report.ts";
import { retries } from "../watch/retry-board.ts";
import type { Display, DisplayContext, TransferDetails, Warning } from "./display.ts";
import { failureLine } from "./quiet.ts";
import { Rate } from "./rate.ts";

/** Minimum time between two progress lines. */
const PROGRESS_MS = 500;
const MOST_FILES = 5;

/** Prints JSON lines to stdout, the summary last. Errors are also printed as text to stderr. */
export class JsonDisplay implements Display {
  readonly wantsTotal: boolean;
  readonly #context: DisplayContext;
  readonly #rate = new Rate();
  #reportedAt = Number.NEGATIVE_INFINITY;
  #done = 0;
  #failed = 0;

  constructor(context: DisplayContext, quiet: boolean) {
    this.#context = { ...context, progress: context.progress && !quiet };
    this.wantsTotal = this.#context.progress;
    if (this.#context.progress) retries.onRetry = writeRetry;
  }

  progress(details: TransferDetails, total: number | undefined): void {
    const now = performance.now();
    const { acknowledged, resumed, inFlight, files } = details;
    this.#rate.add(acknowledged + inFlight - resumed, now);
    if (!this.#context.progress || now - this.#reportedAt < PROGRESS_MS) return;
    this.#reportedAt = now;
    const left = total === undefined ? undefined : this.#rate.secondsFor(total - acknowledged - inFlight);
    const rate = this.#rate.bytesPerSecond;
    writeJson({
      type: "progress",
      consumed: acknowledged,
      resumed,
      inFlight,
      total: total ?? null,
      bytesPerSecond: rate === undefined ? null : Math.round(rate),
      etaMs: left === undefined ? null : Math.round(left * 1000),
      done: this.#done,
      failed: this.#failed,
      active: Array.from(files ?? [], ({ name, size, ...file }) => ({
        name,
        size: size ?? null,
        consumed: file.acknowledged,
        inFlight: file.inFlight,
      })).slice(0, MOST_FILES),
    });
  }

  fileEnded(failed: boolean): void {
    if (failed) this.#failed += 1;
    else this.#done += 1;
  }

  outcome(outcome: Outcome): void {
    this.fileEnded(outcome.status === "failed");
    const { source, key, to, status, action, reason, size } = outcome;
    const { crc64, etag, partsSent, partsResumed, error } = outcome;
    const { bucket } = this.#context;
    const what = { type: "object", source, bucket, key, to, status, action, reason, size };
    const object = { ...what, partsSent, partsResumed };
    if (status !== "failed") {
      writeJson({ ...object, crc64: crc64 || undefined, etag: etag || undefined });
      return;
    }
    const { code, parameter } = classify(error);
    const message = messageOf(error);
    writeJson({ ...object, code, message });
    writeJson({ type: "error", code, parameter, key, message });
    writeError(failureLine(outcome));
  }

  warning({ code, message, uploadId }: Warning): void {
    writeJson({ type: "warning", code, message, uploadId });
  }

  end(): void {}

  summary(tally: Tally): void {
    const { files, does, done, skipped, failed, planned, bytes, partsSent, partsResumed } = tally;
    const elapsedMs = Math.round(performance.now() - tally.startedAt);
    const dryRun = planned > 0 ? { planned } : {};
    writeJson({
      type: "summary",
      files,
      [does]: done,
      skipped,
      failed,
      ...dryRun,
      ...tally.sync,
      bytes,
      partsSent,
      partsResumed,
      elapsedMs,
    });
  }
}

/** A request that is sent again after a pause. */
function writeRetry({ operation, Key, attempt, status, errorCode, delayMs }: RetryEvent): void {
  writeJson({ type: "retry", operation, key: Key, attempt, status, code: errorCode, delayMs });
}
