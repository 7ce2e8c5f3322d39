import { stat } from "node:fs/promises";
import { ArgumentRangeError, ArgumentTypeError, type NodeCosClient } from "@cosup/node";
import { classify } from "../classify-error.ts";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { formatBytes } from "../display/format.ts";
import { EarlyEnd, FailFast } from "../early-end.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation, parseLocation } from "../location.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import { describeError, messageOf, reportFailure } from "../report.ts";
import { checkSelectionFlags, openSelection, type SelectionFlags } from "../selection/selection.ts";
import { type Checked, type CheckStatus, comparePair } from "./check-compare.ts";
import { pairsOf } from "./check-pairs.ts";
import { compareWithCos, compareWithFile, reportLines } from "./check-report.ts";
import { FilesProgress } from "./files-progress.ts";

/** The flags of `cosup check`, as commander parses them. */
export interface CheckFlags extends ConnectionFlags, SelectionFlags {
  readonly from?: string;
  readonly oneWay?: boolean;
  readonly followSymlinks?: boolean;
  readonly files?: number;
  readonly maxErrors?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-progress`. */
  readonly progress?: boolean;
}

/** One comparison that is still to be made. */
interface Comparison {
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
  /** @param onBytes receives the number of bytes that were read, block by block */
  compare(onBytes: (bytes: number) => void): Promise<Checked>;
}

/** Runs `cosup check`: compares files with objects. Returns the exit code, 1 if something differs. */
export async function check(
  local: string | undefined,
  target: string | undefined,
  flags: CheckFlags,
): Promise<number> {
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(abortOnInterrupt());
  const { files = 5 } = flags;
  if (files < 1 || files > 1000)
    throw new ArgumentRangeError("concurrency", `must be 1 to 1000 files at the same time, not ${files}`);
  const run = new CheckRun(flags, signal, failFast);
  const comparisons = await plan(local, target, flags, signal);
  let whole = false;
  try {
    const worker = async (): Promise<void> => {
      for (let next = await comparisons.next(); next.done !== true; next = await comparisons.next())
        await run.check(next.value);
    };
    for (const result of await Promise.allSettled(Array.from({ length: files }, worker)))
      if (result.status === "rejected") throw result.reason;
    whole = true;
  } catch (error) {
    if (!(error instanceof EarlyEnd)) throw error;
    reportFailure(error, flags.json === true);
  } finally {
    run.end(whole);
  }
  return run.exitCode;
}

type Comparisons = AsyncGenerator<Comparison, void, undefined>;

/** Decides from the arguments what is compared. Sends nothing. */
async function plan(
  local: string | undefined,
  target: string | undefined,
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<Comparisons> {
  if (flags.from !== undefined) {
    if (target !== undefined || (local !== undefined && isLocation(local)))
      throw new ArgumentTypeError("target", "the report names the objects: give no cos://… with --from");
    for (const name of [
      "oneWay",
      "include",
      "exclude",
      "excludeFrom",
      "filesFrom",
      "null",
      "followSymlinks",
    ] as const)
      if (flags[name] !== undefined)
        throw new ArgumentTypeError(name, "has no meaning with --from: the report says what is compared");
    // The whole report is checked before anything is compared.
    for await (const _ of reportLines(flags.from));
    const client = local === undefined ? openClient(flags, ownEnvironment()) : undefined;
    return ofReport(flags.from, client, local ?? ".", signal);
  }
  if (local === undefined || target === undefined || isLocation(local) || !isLocation(target))
    throw new ArgumentTypeError("target", "give a file or folder and cos://BUCKET[/KEY], or --from REPORT");
  const location = parseLocation(target);
  const folder = (await isFolder(local)) ? local : undefined;
  checkSelectionFlags(flags, folder !== undefined);
  const selection = await openSelection(flags, folder);
  const client = openClient(flags, ownEnvironment());
  return (async function* (): Comparisons {
    const { followSymlinks } = flags;
    for await (const pair of pairsOf(client, local, location, { selection, followSymlinks, signal })) {
      if (flags.oneWay === true && pair.file === undefined && pair.error === undefined) continue;
      yield { ...pair, compare: (onBytes) => comparePair(client, pair, signal, onBytes) };
    }
    if (folder !== undefined && flags.quiet !== true) selection.warnUnmatched(warn);
  })();
}

function warn({ message }: { readonly message: string }): void {
  writeError(`warning: ${message}`);
}

/** What cannot be looked at is reported when it is read. */
async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function* ofReport(
  path: string,
  client: NodeCosClient | undefined,
  folder: string,
  signal: AbortSignal,
): Comparisons {
  for await (const line of reportLines(path)) {
    const { bucket, key } = line;
    if (client !== undefined) {
      const compare = (): Promise<Checked> => compareWithCos(client, line, signal);
      yield { bucket, key, name: `cos://${bucket}/${key}`, compare };
    } else {
      const compare = (onBytes: (bytes: number) => void): Promise<Checked> =>
        compareWithFile(folder, line, signal, onBytes);
      yield { bucket, key, name: line.path ?? key, compare };
    }
  }
}

/** Counts and prints results. */
class CheckRun {
  readonly #counts: Record<CheckStatus, number> = {
    same: 0,
    missing: 0,
    extra: 0,
    differs: 0,
    unverified: 0,
    failed: 0,
  };
  readonly #flags: CheckFlags;
  readonly #signal: AbortSignal;
  readonly #failFast: FailFast;
  readonly #failures = new Set<number>();
  readonly #display: Display;
  readonly #progress: FilesProgress;
  #bytes = 0;

  constructor(flags: CheckFlags, signal: AbortSignal, failFast: FailFast) {
    this.#flags = flags;
    this.#signal = signal;
    this.#failFast = failFast;
    // On stderr, also beside JSON.
    this.#display = createDisplay({ quiet: flags.quiet, progress: flags.progress }, "");
    this.#progress = new FilesProgress(0, (_read, _total, details) =>
      this.#display.progress(details, undefined),
    );
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
