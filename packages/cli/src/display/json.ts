import type { ProgressDetails } from "@cosup/node";
import { classify } from "../classify-error.ts";
import type { Outcome, Tally } from "../commands/outcome.ts";
import { writeError, writeJson } from "../output.ts";
import { messageOf } from "../report.ts";
import type { Display, DisplayContext, Warning } from "./display.ts";
import { failureLine } from "./quiet.ts";

/** Minimum time between two progress lines. */
const PROGRESS_MS = 500;

/** Prints JSON lines to stdout, the summary last. Errors are also printed as text to stderr. */
export class JsonDisplay implements Display {
  readonly wantsTotal: boolean;
  readonly #context: DisplayContext;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(context: DisplayContext, quiet: boolean) {
    this.#context = { ...context, progress: context.progress && !quiet };
    this.wantsTotal = this.#context.progress;
  }

  progress({ acknowledged, inFlight }: ProgressDetails, total: number | undefined): void {
    const now = performance.now();
    if (!this.#context.progress || now - this.#reportedAt < PROGRESS_MS) return;
    this.#reportedAt = now;
    writeJson({ type: "progress", consumed: acknowledged, inFlight, total: total ?? null });
  }

  outcome(outcome: Outcome): void {
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
