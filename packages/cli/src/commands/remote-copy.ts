import { fileCheckpoints } from "@cosup/node";
import { openClient } from "../client.ts";
import { ownEnvironment } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import { FailFast } from "../early-end.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import type { Location } from "../location.ts";
import { openSelection } from "../selection/selection.ts";
import type { AfterCopy } from "./after-copy.ts";
import { cat } from "./cat.ts";
import type { CopyFlags } from "./copy-flags.ts";
import { FilesProgress } from "./files-progress.ts";
import { finishTransfer } from "./finish-transfer.ts";
import { missingOutcomes, noCounts, type Outcome, Tally } from "./outcome.ts";
import { checkRemoteFlags } from "./remote-flags.ts";
import { copyItem, type RemoteRun } from "./remote-item.ts";
import { parseRemoteArguments, type RemotePlan, remoteItems } from "./remote-plan.ts";
import { openReport } from "./report-lines.ts";

/** Runs `cosup cp` with a source in COS: downloads objects, or copies them inside COS. Returns the exit code. */
export async function copyRemote(
  values: readonly string[],
  flags: CopyFlags,
  after?: AfterCopy,
): Promise<number> {
  const recursive = flags.recursive === true;
  const plan = parseRemoteArguments(values, recursive);
  checkRemoteFlags(flags, plan.target);
  if (plan.target.kind === "stdout") return cat(values[0] ?? "", flags);
  const run = await openRun(plan, flags, after);
  try {
    const exitCode = await finishTransfer(run, copyAll(run, recursive));
    return run.report?.end(exitCode, flags.json === true) ?? exitCode;
  } finally {
    await run.client.close();
  }
}

async function openRun(plan: RemotePlan, flags: CopyFlags, after: AfterCopy | undefined): Promise<RemoteRun> {
  const failFast = new FailFast(flags.maxErrors);
  const signal = failFast.signalWith(abortOnInterrupt());
  const selection = await openSelection(flags, undefined, signal);
  const report = await openReport(flags);
  const [first] = plan.sources;
  const client = openClient(flags, ownEnvironment());
  const display = await createDisplay(flags, first?.bucket ?? "");
  const does = plan.target.kind === "path" ? "downloaded" : "copied";
  const tally = new Tally(does, after && noCounts(), failFast);
  const progress = new FilesProgress(0, (_done, total, details) => display.progress(details, total));
  const checkpoints = fileCheckpoints(flags.stateDir || undefined);
  return { client, plan, flags, selection, checkpoints, display, tally, progress, signal, report, after };
}

async function copyAll(run: RemoteRun, recursive: boolean): Promise<void> {
  const { tally, display, selection, after, signal } = run;
  await copyItems(run, recursive);
  if (recursive) {
    selection.warnUnmatched((warning) => display.warning(warning));
    const [{ bucket }] = run.plan.sources as [Location];
    const message = `there is nothing to copy below cos://${bucket}/${folderOf(run.plan)}`;
    if (tally.files === 0) display.warning({ code: "source-empty", message });
  }
  const report = (outcome: Outcome): void => {
    tally.add(outcome);
    display.outcome(outcome);
  };
  if (recursive) for (const outcome of missingOutcomes(selection, folderOf(run.plan))) report(outcome);
  await after?.end(report, signal);
}

/** What the keys of the source of a recursive command begin with. */
function folderOf({ sources: [source] }: RemotePlan): string {
  const { key = "" } = source ?? {};
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

async function copyItems(run: RemoteRun, recursive: boolean): Promise<void> {
  // Several workers take from one list: a generator gives each item once.
  const items = remoteItems(run.client, run.plan, recursive ? run.selection : undefined, run.signal);
  const worker = async (): Promise<void> => {
    for (let next = await items.next(); next.done !== true; next = await items.next())
      await copyItem(run, next.value);
  };
  const workers = Array.from({ length: Math.max(1, run.flags.files ?? 5) }, worker);
  // Every download must have saved its record before the process ends.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}
