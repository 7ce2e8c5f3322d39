import { listFolder } from "@cosup/node";
import type { CopyFlags } from "./copy-flags.ts";
import type { CopyPlan } from "./copy-plan.ts";
import type { Outcome } from "./outcome.ts";

type DirectoryPlan = CopyPlan & { kind: "directory" };

const NOTHING_SENT = { partsSent: 0, partsResumed: 0 } as const;

/** Reports every object that `cosup cp` would upload. Sends nothing. The arguments are checked already. */
export async function reportPlan(
  plan: CopyPlan,
  flags: CopyFlags,
  signal: AbortSignal,
  report: (outcome: Outcome) => void,
): Promise<void> {
  if (plan.kind === "stdin") {
    report({ source: "-", key: plan.key, status: "planned", size: 0, ...NOTHING_SENT });
  } else if (plan.kind === "files") {
    for (const { path, key, size } of plan.files)
      report({ source: path, key, status: "planned", size, ...NOTHING_SENT });
  } else {
    for await (const { relativePath, Key, size, status, reason, error } of filesOf(plan, flags, signal))
      report({ source: relativePath, key: Key, status, reason, size, error, ...NOTHING_SENT });
  }
}

/**
 * Adds up the bytes of a directory while it is being uploaded, so that progress can be shown as a percentage.
 * @returns undefined if the directory cannot be read; the upload itself reports that error
 */
export async function measureDirectory(
  plan: DirectoryPlan,
  flags: CopyFlags,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    let bytes = 0;
    for await (const { status, size } of filesOf(plan, flags, signal))
      if (status === "planned") bytes += size;
    return bytes;
  } catch {
    return undefined;
  }
}

function filesOf(plan: DirectoryPlan, flags: CopyFlags, signal: AbortSignal): ReturnType<typeof listFolder> {
  const { include, exclude, followSymlinks } = flags;
  return listFolder(plan.path, { Prefix: plan.prefix, include, exclude, followSymlinks, signal });
}
