import type { Readable } from "node:stream";
import { type PlannedObject, planManifest } from "@cosup/fleet/embedded";
import type { Display } from "../display/display.ts";
import { finishTransfer } from "./finish-transfer.ts";
import type { Outcome, Tally } from "./outcome.ts";

/** What a dry run of a manifest has at hand. */
export interface ManifestDryRun {
  readonly flags: { readonly json?: boolean; readonly skipBadLines?: boolean; readonly root?: string };
  readonly target: { readonly bucket: string; readonly key: string };
  readonly ledger: string;
  readonly manifest: Readable;
  readonly display: Display;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** Prints what `cosup cp --manifest-in` would send. Makes no request, and leaves the ledger as it is. Returns the exit code. */
export function dryRunManifest(run: ManifestDryRun): Promise<number> {
  return finishTransfer(run, reportPlanned(run));
}

async function reportPlanned(run: ManifestDryRun): Promise<void> {
  const { flags, target, ledger, manifest, display, tally, signal } = run;
  const planned = planManifest({
    ...{ bucket: target.bucket, prefix: target.key, ledger, manifest, root: flags.root ?? process.cwd() },
    onBadLine: flags.skipBadLines === true ? "skip" : "fail",
    onSkipped: ({ message }) => display.warning({ code: "manifest-line", message }),
  });
  for await (const object of planned) {
    signal.throwIfAborted();
    const outcome = outcomeOf(object);
    tally.add(outcome);
    display.outcome(outcome);
  }
}

function outcomeOf({ source, key, size, isDone, error }: PlannedObject): Outcome {
  const object = { source, key, size, partsSent: 0, partsResumed: 0 };
  if (isDone) return { ...object, status: "skipped", reason: "same" };
  return error === undefined ? { ...object, status: "planned" } : { ...object, status: "failed", error };
}
