import { selectedEntries } from "../selection/selected-entries.ts";
import type { Selection } from "../selection/selection.ts";
import type { CopyFlags } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";
import { missingOutcomes, type Outcome } from "./outcome.ts";

type DirectoryPlan = CopyPlan & { kind: "directory" };

interface Run {
  readonly flags: CopyFlags;
  readonly selection: Selection;
  readonly signal: AbortSignal;
}

const NOTHING_SENT = { partsSent: 0, partsResumed: 0 } as const;

/** Reports every object that `cosup cp` would upload. Sends nothing. The arguments are checked already. */
export async function reportPlan(
  run: Run & { readonly plan: CopyPlan },
  report: (outcome: Outcome) => void,
): Promise<void> {
  const { plan } = run;
  if (plan.kind === "stdin") {
    report({ source: "-", key: plan.key, status: "planned", size: 0, ...NOTHING_SENT });
  } else if (plan.kind === "files") {
    for (const { path, key, size } of plan.files)
      report({ source: path, key, status: "planned", size, ...NOTHING_SENT });
  } else {
    for await (const { relativePath, Key, size, status, reason, error } of filesOf(plan, run))
      report({ source: relativePath, key: Key, status, reason, size, error, ...NOTHING_SENT });
    for (const outcome of missingOutcomes(run.selection, plan.prefix)) report(outcome);
  }
}

/**
 * Adds up the bytes of a directory while it is being uploaded, so that progress can be shown as a percentage.
 * @returns undefined if the directory cannot be read; the upload itself reports that error
 */
export async function measureDirectory(plan: DirectoryPlan, run: Run): Promise<number | undefined> {
  try {
    let bytes = 0;
    for await (const { status, size } of filesOf(plan, run)) if (status === "planned") bytes += size;
    return bytes;
  } catch {
    return undefined;
  }
}

function filesOf(plan: DirectoryPlan, { flags, selection, signal }: Run): ReturnType<typeof selectedEntries> {
  const { followSymlinks } = flags;
  return selectedEntries(plan.path, selection, { Prefix: plan.prefix, followSymlinks, signal });
}
