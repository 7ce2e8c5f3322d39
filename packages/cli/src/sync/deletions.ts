import { isBlocked } from "./blocked.ts";
import { type Deletion, type Direction, NO_PARTS, report, type SyncRun, warn } from "./sync-run.ts";

/** `--max-delete` is less than what a sync would delete. */
export class DeleteLimitError extends Error {
  override readonly name = "DeleteLimitError";

  constructor(wanted: number, limit: number) {
    super(`nothing was deleted: ${wanted} are to be deleted, and --max-delete is ${limit}`);
  }
}

/**
 * Deletes what has no source, at the end of a sync in which nothing failed.
 * @param blocked what the folder has, but not as files to be synced: nothing at or below it is deleted
 * @throws {DeleteLimitError} there is more than `--max-delete` allows; nothing is deleted
 */
export async function deleteUnmatched(
  run: SyncRun,
  direction: Direction,
  found: readonly Deletion[],
  blocked: ReadonlySet<string>,
): Promise<void> {
  const { flags, tally, signal } = run;
  const deletions = found.filter(({ path }) => !isBlocked(path, blocked));
  if (deletions.length === 0) return;
  if (tally.failed > 0) {
    const message = `nothing was deleted, because ${tally.failed} failed; ${deletions.length} would have been`;
    warn(run, { code: "not-deleted", message });
    return;
  }
  if (flags.maxDelete !== undefined && deletions.length > flags.maxDelete)
    throw new DeleteLimitError(deletions.length, flags.maxDelete);
  if (flags.dryRun === true) {
    for (const { pair } of deletions)
      report(run, { ...direction.objectOf(pair, true), ...NO_PARTS, status: "planned", action: "delete" });
    return;
  }
  signal.throwIfAborted();
  await direction.remove(deletions);
}
