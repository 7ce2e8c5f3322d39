import { stat } from "node:fs/promises";
import { SourceError } from "@cosup/node";
import { classify } from "../classify-error.ts";
import { EXIT } from "../exit-codes.ts";
import { Interrupted } from "../interrupt.ts";
import { writeError, writeJson } from "../output.ts";
import { messageOf, reportFailure } from "../report.ts";
import { COSIGNORE } from "../selection/ignore-rules.ts";
import { openSelection } from "../selection/selection.ts";
import { type Changes, FolderWatch } from "../sync/folder-watch.ts";
import { realFolder } from "../sync/real-folder.ts";
import type { SyncFlags } from "../sync/sync-context.ts";

/** A round after a failure comes this late if nothing changes before; each further failure doubles it. */
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;

/** With these exit codes the first sync shows that no later one can succeed. */
const HOPELESS: readonly number[] = [EXIT.usage, EXIT.credentials, EXIT.source, EXIT.locked];

/**
 * Keeps a prefix equal to a folder until SIGINT or SIGTERM: everything once, and then what changes.
 * @param syncOnce syncs these paths, or everything; returns the exit code
 * @returns the exit code
 */
export async function watchSync(
  folder: string,
  flags: SyncFlags,
  signal: AbortSignal,
  syncOnce: (changes: Changes) => Promise<number>,
): Promise<number> {
  const root = await realFolder(folder);
  const identity = await identityOf(root);
  const watch = new FolderWatch(root, await openSelection(flags, root, signal), (error) => {
    warn(flags, "watch-incomplete", `${messageOf(error)}: the next sync compares everything`);
  });
  try {
    await watch.ready();
    let changes: Changes;
    let isFirst = true;
    for (let retryMs = FIRST_RETRY_MS; ; ) {
      const exitCode = await attempt(flags, changes, syncOnce);
      if (signal.aborted) return stopped(flags, signal.reason, watch.hasChanges, exitCode);
      if (isFirst && HOPELESS.includes(exitCode)) return exitCode;
      if (isFirst) tell(flags, `watching ${folder}; press Ctrl-C to stop`);
      isFirst = false;
      const failed = exitCode !== EXIT.done;
      await watch.changed(signal, failed ? retryMs : undefined);
      if (signal.aborted) return stopped(flags, signal.reason, watch.hasChanges || failed, undefined);
      if (failed) watch.add(changes);
      retryMs = failed ? Math.min(retryMs * 2, LAST_RETRY_MS) : FIRST_RETRY_MS;
      changes = watch.take();
      // Its rules are for everything.
      if (changes?.has(COSIGNORE) === true) changes = undefined;
      // Not as if all its files were gone: a disk may have been removed.
      if ((await identityOf(root)) !== identity)
        throw new SourceError(`${folder} was removed or replaced: nothing was deleted`, "source-unreadable");
    }
  } finally {
    await watch.close();
  }
}

/** One sync; a failure is told, and does not end the command. */
async function attempt(
  flags: SyncFlags,
  changes: Changes,
  syncOnce: (changes: Changes) => Promise<number>,
): Promise<number> {
  if (changes?.size === 0) return EXIT.done;
  try {
    return await syncOnce(changes);
  } catch (error) {
    return reportFailure(error, flags.json === true);
  }
}

/** @param exitCode of the sync that was interrupted, which has told it; undefined: none was running */
function stopped(
  flags: SyncFlags,
  reason: unknown,
  hasChanges: boolean,
  exitCode: number | undefined,
): number {
  const left = hasChanges
    ? "some changes are not copied yet: sync again to copy them"
    : "everything that has changed is copied";
  if (exitCode === undefined || exitCode === EXIT.done) tell(flags, `stopped watching; ${left}`);
  return reason instanceof Interrupted ? reason.exitCode : classify(reason).exitCode;
}

/** Undefined: it is gone. */
async function identityOf(folder: string): Promise<string | undefined> {
  const stats = await stat(folder).catch(() => undefined);
  return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : undefined;
}

function tell(flags: SyncFlags, message: string): void {
  if (flags.quiet !== true) writeError(`cosup: ${message}`);
}

function warn(flags: SyncFlags, code: string, message: string): void {
  if (flags.json === true) writeJson({ type: "warning", code, message });
  else if (flags.quiet !== true) writeError(`warning: ${message}`);
}
