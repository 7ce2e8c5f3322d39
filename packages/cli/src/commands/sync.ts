import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileCheckpoints } from "@cosup/node";
import { openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { FailFast } from "../early-end.ts";
import { keepHeapSmall } from "../engine-flags.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { makeFolder } from "../make-folder.ts";
import { memoryBudgetFor } from "../memory-budget.ts";
import { openSelection } from "../selection/selection.ts";
import { SiteRules } from "../site/site-rules.ts";
import { copyDirection } from "../sync/copy-direction.ts";
import { downloadDirection } from "../sync/download-direction.ts";
import { Ledger } from "../sync/ledger.ts";
import { realFolder } from "../sync/real-folder.ts";
import { runSync } from "../sync/run-sync.ts";
import type { Direction, SyncFlags, SyncRun } from "../sync/sync-context.ts";
import { uploadDirection } from "../sync/upload-direction.ts";
import { sourceRegionOf } from "./copy-flags.ts";
import { FilesProgress } from "./files-progress.ts";
import { finishTransfer } from "./finish-transfer.ts";
import { noCounts, Tally } from "./outcome.ts";
import { openReport, refuseLogWithin } from "./report-lines.ts";
import { parseSyncArguments, type SyncArguments } from "./sync-flags.ts";

/** Runs `cosup sync`. All arguments are checked before anything is sent. Returns the exit code. */
export async function sync(source: string, target: string, flags: SyncFlags): Promise<number> {
  const given = parseSyncArguments(source, target, flags);
  keepHeapSmall();
  const interrupted = abortOnInterrupt();
  if (flags.watch !== true) return syncOnce(given, flags, interrupted, undefined);
  // Its library is loaded for this alone.
  const { watchSync } = await import("./watch.ts");
  return watchSync(given.folder, flags, interrupted, (only) => syncOnce(given, flags, interrupted, only));
}

/**
 * Syncs everything once, or some paths. Returns the exit code.
 * @param only the paths that are looked at; undefined: all
 */
async function syncOnce(
  given: SyncArguments,
  flags: SyncFlags,
  interrupted: AbortSignal,
  only: ReadonlySet<string> | undefined,
): Promise<number> {
  const inCos = given.from !== undefined;
  const selection = await openSelection(flags, inCos ? undefined : given.folder, interrupted);
  await refuseLogWithin(flags, inCos ? undefined : given.folder, selection);
  const memoryBudget = memoryBudgetFor(flags.partSize, flags.concurrency ?? 5, undefined);
  const client = openClient(flags, ownEnvironment(), memoryBudget);
  const from = inCos ? openClient({ ...flags, region: sourceRegionOf(flags) }, ownEnvironment()) : undefined;
  const reportFile = await openReport(flags, inCos ? undefined : given.folder, selection);
  const display = await createDisplay(flags, given.location.bucket);
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(interrupted);
  try {
    const folder = await openFolder(given, flags);
    const run: SyncRun = {
      client,
      flags,
      folder,
      folderName: given.folder,
      from: from && { location: given.from ?? given.location, client: from },
      location: given.location,
      ledger: await openLedger(given, folder, flags, display),
      selection,
      only,
      rules: await SiteRules.open(flags),
      checkpoints: fileCheckpoints(flags.stateDir || undefined),
      display,
      tally: tallyOf(given, flags, failFast),
      progress: new FilesProgress(0, (_done, _total, details) => display.progress(details, undefined)),
      reportFile,
      state: { hasBegunToDelete: false },
      signal,
    };
    const direction = directionOf(run, given);
    const exitCode = await finishTransfer(run, runSync(run, direction), () => keptOf(run));
    return reportFile?.end(exitCode, flags.json === true) ?? exitCode;
  } finally {
    await client.close();
    await from?.close();
  }
}

function directionOf(run: SyncRun, { kind }: SyncArguments): Direction {
  if (run.from !== undefined) return copyDirection(run, run.from);
  return kind === "upload" ? uploadDirection(run) : downloadDirection(run);
}

/** The target of a download is made, unless nothing is to be changed. */
async function openFolder({ kind, folder, from }: SyncArguments, { dryRun }: SyncFlags): Promise<string> {
  if (from !== undefined) return `cos://${from.bucket}/${from.key}`;
  if (kind === "upload") return realFolder(folder);
  if (dryRun !== true) await makeFolder(folder);
  // A dry run shows what would be downloaded to it.
  return existsSync(folder) ? realFolder(folder) : resolve(folder);
}

function openLedger(
  { kind, location }: SyncArguments,
  folder: string,
  flags: SyncFlags,
  display: Display,
): Promise<Ledger> {
  const { bucket, key: prefix } = location;
  return Ledger.open({
    target: { kind, endpoint: flags.endpoint || undefined, bucket, prefix, folder },
    stateDir: flags.stateDir || undefined,
    write: flags.dryRun !== true,
    warn: (code, message) => display.warning({ code, message }),
  });
}

function tallyOf({ kind }: SyncArguments, { dryRun }: SyncFlags, failFast: FailFast): Tally {
  const planned = dryRun === true ? { toDelete: 0, toDeleteBytes: 0 } : {};
  const does = { upload: "uploaded", download: "downloaded", copy: "copied" } as const;
  return new Tally(does[kind], { ...noCounts(), ...planned }, failFast);
}

function keptOf({ tally, flags, state }: SyncRun): string {
  // Of a request that was interrupted, nobody knows what COS has done.
  if (state.hasBegunToDelete && tally.does !== "downloaded")
    return "what was copied is kept, and some of what was to be deleted may be gone";
  // Of a watch, this is one sync of many.
  return tally.sync?.deleted === 0 && flags.watch !== true
    ? "what was copied is kept, and nothing was deleted"
    : "what was copied is kept";
}
