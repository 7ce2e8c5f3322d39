import { ArgumentRangeError, fileCheckpoints, type NodeCosClient } from "@cosup/node";
import { offlineClient, openClient } from "../client.ts";
import { ownEnvironment, requireCredentials } from "../credentials.ts";
import { createDisplay } from "../display/create-display.ts";
import type { Display } from "../display/display.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { memoryBudgetFor } from "../memory-budget.ts";
import { reportFailure } from "../report.ts";
import { type CopyFlags, uploadSettings } from "./copy-flags.ts";
import { type CopyArguments, type CopyPlan, parseCopyArguments, planCopy } from "./copy-plan.ts";
import { type CopyEvents, runCopy } from "./copy-run.ts";
import { checkUpload, replaceUploadsByChecks } from "./dry-run.ts";
import { reportInterruption } from "./interruption.ts";
import { measureDirectory } from "./measure-directory.ts";
import { Tally } from "./outcome.ts";
import { TransferProgress } from "./transfer-progress.ts";

/** Runs `cosup cp`. All arguments are checked before anything is sent. Returns the exit code. */
export async function copy(values: readonly string[], flags: CopyFlags): Promise<number> {
  const signal = abortOnInterrupt();
  const parsed = parseCopyArguments(values);
  await checkFlags(parsed, flags);
  if (flags.dryRun !== true) requireCredentials(ownEnvironment());
  const plan = await planCopy(parsed, flags.recursive === true);
  const client = clientFor(plan, flags);
  const tally = new Tally();
  const display = createDisplay(flags, plan);
  try {
    return await transfer({ client, plan, flags, display, tally, signal });
  } finally {
    await client.close();
  }
}

interface Transfer {
  readonly client: NodeCosClient;
  readonly plan: CopyPlan;
  readonly flags: CopyFlags;
  readonly display: Display;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

async function transfer({ client, plan, flags, display, tally, signal }: Transfer): Promise<number> {
  const progress = new TransferProgress();
  const stop = new AbortController();
  if (plan.kind === "directory" && display.wantsTotal) {
    void measureDirectory(dryRunClient(flags), flags, plan, stop.signal).then((bytes) =>
      progress.setMeasured(bytes),
    );
  }
  const checkpoints = fileCheckpoints(flags.stateDir || undefined);
  const events = eventsFor(display, tally, progress);
  try {
    await runCopy({ client, flags, signal, checkpoints, events }, plan);
    display.end();
    display.summary(tally);
    return tally.exitCode;
  } catch (error) {
    display.end();
    const exitCode = signal.aborted
      ? reportInterruption({ reason: signal.reason, plan, flags, progress })
      : reportFailure(error, flags.json === true);
    display.summary(tally);
    return exitCode;
  } finally {
    stop.abort();
  }
}

function eventsFor(display: Display, tally: Tally, progress: TransferProgress): CopyEvents {
  return {
    progress: (consumed, total) => {
      progress.update(consumed, total);
      display.progress(consumed, progress.total);
    },
    outcome: (outcome) => {
      tally.add(outcome);
      display.outcome(outcome);
    },
    warning: (warning) => display.warning(warning),
  };
}

/** Rejects every flag that the client would reject, before any source is read. */
async function checkFlags({ target }: CopyArguments, flags: CopyFlags): Promise<void> {
  const { files = 5 } = flags;
  if (files < 1 || files > 1000)
    throw new ArgumentRangeError("concurrency", `must be 1 to 1000 files at the same time, not ${files}`);
  await checkUpload(offlineClient(flags), {
    ...uploadSettings(flags),
    Bucket: target.bucket,
    // A placeholder: keys that contain file names are checked once the names are known.
    Key: "any",
    skip: "never",
  });
}

function clientFor(plan: CopyPlan, flags: CopyFlags): NodeCosClient {
  if (flags.dryRun === true) return dryRunClient(flags);
  const largest = plan.kind === "files" ? Math.max(...plan.files.map(({ size }) => size)) : undefined;
  return openClient(
    flags,
    ownEnvironment(),
    memoryBudgetFor(flags.partSize, flags.concurrency ?? 5, largest),
  );
}

function dryRunClient(flags: CopyFlags): NodeCosClient {
  return replaceUploadsByChecks(offlineClient(flags), offlineClient(flags));
}
