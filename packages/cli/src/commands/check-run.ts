import { classify } from "../classify-error.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { formatBytes } from "../display/format.ts";
import type { FailFast } from "../early-end.ts";
import { EXIT } from "../exit-codes.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import { describeError, messageOf } from "../report.ts";
import type { Checked, CheckStatus } from "./check-compare.ts";
import { FilesProgress } from "./files-progress.ts";

/** What the flags say about output. */
interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-progress`. */
  readonly progress?: boolean;
}

/** One comparison that is still to be made. */
export interface Comparison {
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
  /** @param onBytes receives the number of bytes that were read, block by block */
  compare(onBytes: (bytes: number) => void): Promise<Checked>;
}

/** Counts and prints results. */
export class CheckRun {
  readonly #counts: Record<CheckStatus, number> = {
    same: 0,
    missing: 0,
    extra: 0,
    differs: 0,
    unverified: 0,
    failed: 0,
  };
  readonly #flags: OutputFlags;
  readonly #signal: AbortSignal;
  readonly #failFast: FailFast;
  readonly #failures = new Set<number>();
  readonly #display: Display;
  readonly #progress: FilesProgress;
  #bytes = 0;

  private constructor(flags: OutputFlags, signal: AbortSignal, failFast: FailFast, display: Display) {
    this.#flags = flags;
    this.#signal = signal;
    this.#failFast = failFast;
    this.#display = display;
    this.#progress = new FilesProgress(0, (_read, _total, details) =>
      this.#display.progress(details, undefined),
    );
  }

  static async open(flags: OutputFlags, signal: AbortSignal, failFast: FailFast): Promise<CheckRun> {
    // On stderr, also beside JSON.
    const display = await createDisplay({ quiet: flags.quiet, progress: flags.progress }, "");
    return new CheckRun(flags, signal, failFast, display);
  }

  async check(comparison: Comparison): Promise<void> {
    this.#signal.throwIfAborted();
    const file = this.#progress.file(comparison.name);
    let acknowledged = 0;
    const onBytes = (bytes: number): void => {
      acknowledged += bytes;
      file.update({ acknowledged, resumed: 0, inFlight: 0 }, acknowledged);
    };
    const comparing = comparison.compare(onBytes).finally(() => file.end());
    const checked = await comparing.catch((error: unknown): Checked => {
      if (this.#signal.aborted) throw this.#signal.reason;
      // No other object can be read either.
      if (classify(error).exitCode === EXIT.credentials) throw error;
      return { status: "failed", error };
    });
    this.#counts[checked.status] += 1;
    this.#bytes += checked.bytes ?? 0;
    if (checked.status === "failed") this.#failures.add(classify(checked.error).exitCode);
    this.#display.fileEnded(checked.status === "failed");
    this.#print(comparison, checked);
    // A file that is missing or differs was compared: only a comparison that could not be made counts.
    this.#failFast.add({ failed: checked.status === "failed", error: checked.error });
  }

  /** 1 if something differs. If nothing does, but all comparisons failed with one exit code, that exit code. */
  get exitCode(): number {
    const { same, missing, extra, differs, unverified, failed } = this.#counts;
    if (missing + extra + differs + unverified > 0) return EXIT.failed;
    if (failed === 0) return EXIT.done;
    const [only = EXIT.failed] = this.#failures;
    return same === 0 && this.#failures.size === 1 ? only : EXIT.failed;
  }

  get #total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  #print({ bucket, key, name }: Comparison, { status, detail, error }: Checked): void {
    if (this.#flags.json === true) {
      const failure = status === "failed" ? { code: classify(error).code, message: messageOf(error) } : {};
      writeJson({ type: "checked", status, name, bucket, key, detail, ...failure });
    }
    if (status === "failed") writeError(`cosup: ${name}: ${describeError(error)}`);
    else if (status !== "same" && this.#flags.json !== true)
      writeResult(`${status.padEnd(10)}  ${name}${detail === undefined ? "" : ` (${detail})`}`);
  }

  /** Ends the progress display, and prints the counts if something was compared. */
  end(isWhole: boolean): void {
    this.#display.end();
    // Also after an interruption, for what was compared; not of arguments that turn out wrong.
    if (isWhole || this.#total > 0) this.#summarize();
  }

  #summarize(): void {
    const counts = this.#counts;
    if (this.#flags.json === true) writeJson({ type: "summary", ...counts, bytes: this.#bytes });
    else if (this.#flags.quiet !== true) {
      const { same, ...rest } = counts;
      const others = Object.entries(rest).flatMap(([status, count]) =>
        count > 0 ? [`${count} ${status}`] : [],
      );
      writeResult(`${[`${same} same`, ...others].join(", ")}; ${formatBytes(this.#bytes)} read`);
    }
  }
}
