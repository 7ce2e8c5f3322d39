import { isBlocked } from "./blocked.ts";
import { type Deletion, type Direction, NO_PARTS, report, type SyncRun, warn } from "./sync-context.ts";

/** `--max-delete` is less than what a sync would delete. */
export class DeleteLimitError extends Error {
  override readonly name = "DeleteLimitError";

  constructor(wanted: number, limit: number) {
    super(`nothing was deleted: ${wanted} are to be deleted, and --max-delete is ${limit}`);
  }
}

/** The source has nothing at all: a wrong name, or a disk that is not mounted, rather than a wish to delete everything. */
export class EmptySourceError extends Error {
  override readonly name = "EmptySourceError";

  constructor(count: number) {
    super(
      `nothing was deleted: the source is empty, and ${count} would be; with --max-delete ${count} they are`,
    );
  }
}

/** What a sync has found. */
export interface Found {
  readonly deletions: readonly Deletion[];
  /** What the folder has, but not as files to be synced: nothing at or below it is deleted. */
  readonly blocked: ReadonlySet<string>;
  /** Whether the source has anything. */
  readonly hasSource: boolean;
}

/**
 * Deletes what has no source, at the end of a sync in which nothing failed.
 * @throws {DeleteLimitError} there is more than `--max-delete` allows; nothing is deleted
 * @throws {EmptySourceError} the source is empty, and there is no `--max-delete`
 */
export async function deleteUnmatched(
  run: SyncRun,
  direction: Direction,
  { deletions: found, blocked, hasSource }: Found,
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
  if (!hasSource && flags.maxDelete === undefined && run.only === undefined)
    throw new EmptySourceError(deletions.length);
  if (flags.dryRun === true) {
    for (const { pair } of deletions)
      report(run, { ...direction.objectOf(pair, true), ...NO_PARTS, status: "planned", action: "delete" });
    return;
  }
  signal.throwIfAborted();
  run.state.hasBegunToDelete = true;
  await direction.remove(deletions);
}
