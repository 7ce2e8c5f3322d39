import { stat } from "node:fs/promises";
import { ArgumentTypeError, type NodeCosClient } from "@cosup/node";
import { type ConnectionFlags, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { EarlyEnd, FailFast } from "../early-end.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation, parseLocation } from "../location.ts";
import { writeError } from "../output.ts";
import { reportFailure } from "../report.ts";
import { checkSelectionFlags, openSelection, type SelectionFlags } from "../selection/selection.ts";
import { type Checked, comparePair } from "./check-compare.ts";
import { pairsOf } from "./check-pairs.ts";
import { compareWithCos, compareWithFile, reportLines } from "./check-report.ts";
import { CheckRun, type Comparison } from "./check-run.ts";
import { checkFilesAtOnce } from "./copy-flags.ts";
import { refuseLogWithin } from "./report-lines.ts";

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

/** Runs `cosup check`: compares files with objects. Returns the exit code, 1 if something differs. */
export async function check(
  local: string | undefined,
  target: string | undefined,
  flags: CheckFlags,
): Promise<number> {
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(abortOnInterrupt());
  checkFilesAtOnce(flags);
  const { files = 5 } = flags;
  const run = await CheckRun.open(flags, signal, failFast);
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
    if ((await stat(flags.from).catch(() => undefined))?.isFIFO() === true)
      throw new ArgumentTypeError("from", "must be a file and no pipe, because it is read twice");
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
  const selection = await openSelection(flags, folder, signal);
  await refuseLogWithin(flags, folder, selection, "compared");
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
