import { ArgumentTypeError, checkUpload, fileCheckpoints, type NodeCosClient } from "@cosup/node";
import { checkKeys, offlineClient, openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { FailFast } from "../early-end.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isLocation } from "../location.ts";
import { memoryBudgetFor } from "../memory-budget.ts";
import { reportFailure } from "../report.ts";
import type { ReportFile } from "../report-file.ts";
import { checkSelectionFlags, openSelection, type Selection } from "../selection/selection.ts";
import { checkSiteFlags } from "../site/check-site-flags.ts";
import { SiteRules } from "../site/site-rules.ts";
import type { AfterCopy } from "./after-copy.ts";
import { copyDirectory } from "./copy-directory.ts";
import { measureDirectory, reportPlan } from "./copy-dry-run.ts";
import { type CopyFlags, checkFilesAtOnce, uploadSettings } from "./copy-flags.ts";
import { type CopyArguments, type CopyPlan, parseCopyArguments, planCopy } from "./copy-plan.ts";
import { type CopyEvents, runCopy } from "./copy-run.ts";
import { interruptedExitCode, reportInterruption } from "./interruption.ts";
import { refuseManifestOnly } from "./manifest-flags.ts";
import { noCounts, Tally } from "./outcome.ts";
import { openReport, refuseLogWithin, reportLine } from "./report-lines.ts";
import { TransferProgress } from "./transfer-progress.ts";

/**
 * Runs `cosup cp`. All arguments are checked before anything is sent. Returns the exit code.
 * @param after what follows the copies, for `cosup mv`
 */
export async function copy(values: readonly string[], flags: CopyFlags, after?: AfterCopy): Promise<number> {
  const { manifestIn } = flags;
  if (manifestIn !== undefined)
    return (await import("./copy-manifest.ts")).copyManifest(values, { ...flags, manifestIn });
  refuseManifestOnly(flags);
  if (values.length > 1 && isLocation(values[0] ?? "")) {
    return (await import("./remote-copy.ts")).copyRemote(values, flags, after);
  }
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(abortOnInterrupt());
  const parsed = parseCopyArguments(values);
  checkFlags(parsed, flags);
  if (flags.dryRun !== true) await checkKeys(flags, ownEnvironment(), signal);
  const plan = await planCopy(parsed, flags.recursive === true);
  const folder = plan.kind === "directory" ? plan.path : undefined;
  checkSelectionFlags(flags, folder !== undefined);
  const selection = await openSelection(flags, folder, signal);
  await refuseLogWithin(flags, folder, selection);
  if (plan.kind === "stdin") refuseSiteFlags(flags);
  const rules = await SiteRules.open(flags);
  const tally = new Tally("uploaded", after && noCounts(), failFast);
  const display = await createDisplay(flags, plan.bucket);
  if (flags.dryRun === true && flags.report === undefined)
    return dryRun({ plan, flags, selection, rules, display, tally, signal });
  const report = await openReport(flags, folder, selection);
  const client = clientFor(plan, flags);
  try {
    const exitCode = await transfer(client, {
      plan,
      flags,
      selection,
      rules,
      display,
      tally,
      signal,
      report,
      after,
    });
    return report?.end(exitCode, flags.json === true) ?? exitCode;
  } finally {
    await client.close();
  }
}

interface Transfer {
  readonly plan: CopyPlan;
  readonly flags: CopyFlags;
  readonly selection: Selection;
  readonly rules: SiteRules;
  readonly display: Display;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly report?: ReportFile | undefined;
  readonly after?: AfterCopy | undefined;
}

/** Prints what would be uploaded. */
async function dryRun(run: Transfer): Promise<number> {
  const progress = new TransferProgress();
  const { outcome } = eventsFor(run, progress);
  return finish(run, progress, async () => {
    await reportPlan(run, outcome);
    warnUnmatched(run);
  });
}

async function transfer(client: NodeCosClient, run: Transfer): Promise<number> {
  const { plan, flags, selection, rules, display, signal, after } = run;
  const progress = new TransferProgress();
  const stop = new AbortController();
  if (plan.kind === "directory" && display.wantsTotal) {
    void measureDirectory(plan, { flags, selection, signal: stop.signal }).then((bytes) =>
      progress.setMeasured(bytes),
    );
  }
  const checkpoints = fileCheckpoints(flags.stateDir || undefined);
  const events = eventsFor(run, progress);
  try {
    return await finish(run, progress, async () => {
      const copyRun = { client, flags, selection, rules, signal, checkpoints, events };
      if (plan.kind === "directory") await copyDirectory(copyRun, plan);
      else await runCopy(copyRun, plan);
      warnUnmatched(run);
      await after?.end(events.outcome, signal);
    });
  } finally {
    stop.abort();
  }
}

function warnUnmatched({ plan, flags, selection, rules, display }: Transfer): void {
  if (plan.kind === "directory") selection.warnUnmatched((warning) => display.warning(warning));
  // A dry run asks no rule.
  if (flags.dryRun !== true) rules.warnUnmatched((warning) => display.warning(warning));
}

/** @throws {TypeError} stdin has no path that could be matched, and is not read into memory */
function refuseSiteFlags(flags: CopyFlags): void {
  for (const name of ["compress", "cacheRule"] as const)
    if (flags[name] !== undefined) throw new ArgumentTypeError(name, "is for files, not for stdin");
}

/** Waits for `work` and prints the summary. Returns the exit code. */
async function finish(
  { plan, flags, display, tally, signal }: Transfer,
  progress: TransferProgress,
  work: () => Promise<void>,
): Promise<number> {
  try {
    await work();
    display.end();
    display.summary(tally);
    return tally.exitCode;
  } catch (error) {
    display.end();
    if (signal.aborted) reportInterruption({ reason: signal.reason, plan, flags, progress });
    const exitCode = signal.aborted
      ? interruptedExitCode(signal.reason, tally)
      : reportFailure(error, flags.json === true);
    display.summary(tally);
    return exitCode;
  }
}

function eventsFor(
  { plan, display, tally, report, after }: Transfer,
  progress: TransferProgress,
): CopyEvents {
  return {
    progress: (consumed, total, details) => {
      progress.update(consumed, total);
      display.progress(details, progress.total);
    },
    outcome: (outcome) => {
      tally.add(outcome);
      const line = reportLine(outcome, plan.bucket);
      if (line !== undefined) report?.add(line);
      after?.add(outcome);
      display.outcome(outcome);
    },
    warning: (warning) => display.warning(warning),
  };
}

/** Rejects every flag that the client would reject, before any source is read. */
function checkFlags({ target }: CopyArguments, flags: CopyFlags): void {
  checkFilesAtOnce(flags);
  // For the endpoint, the region, the proxy and the number of attempts.
  offlineClient(flags);
  // Keys that contain file names are checked once the names are known.
  checkSiteFlags(flags, flags.contentEncoding);
  checkUpload({ ...uploadSettings(flags), Bucket: target.bucket });
}

function clientFor(plan: CopyPlan, flags: CopyFlags): NodeCosClient {
  const isKnown = plan.kind === "files" && !plan.files.some(({ isStream }) => isStream);
  const largest = isKnown ? Math.max(...plan.files.map(({ size }) => size)) : undefined;
  return openClient(
    flags,
    ownEnvironment(),
    memoryBudgetFor(flags.partSize, flags.concurrency ?? 5, largest),
  );
}
