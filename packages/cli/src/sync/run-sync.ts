import { existsSync } from "node:fs";
import { missingOutcomes } from "../commands/outcome.ts";
import { changedFiles, changedObjects, inKeyOrder } from "./changed-sides.ts";
import { sourceObjects } from "./copy-direction.ts";
import { deleteUnmatched } from "./deletions.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { Cursor, type ListedObject, type LocalFile, type Sides } from "./merge.ts";
import { type Collected, planTasks } from "./plan.ts";
import { listedObjects, localFiles, type NotAFile } from "./sides.ts";
import { type Direction, NO_PARTS, report, type SyncRun, type Task, warn } from "./sync-context.ts";

/**
 * Compares the folder, the list of the prefix and the ledger in one pass, copies what is not equal, and deletes in the end.
 * The failure of one file is its outcome; the promise rejects only if the whole sync fails.
 */
export async function runSync(run: SyncRun, direction: Direction): Promise<void> {
  const collected: Collected = { deletions: [], blocked: new Set(), ledgerChanged: false, hasSource: false };
  try {
    await copyAll(run, direction, collected);
    tellOfSelection(run);
    await deleteUnmatched(run, direction, collected);
  } finally {
    // Not before: another sync might upload to a key that is being deleted.
    await run.ledger.release();
  }
}

async function copyAll(run: SyncRun, direction: Direction, collected: Collected): Promise<void> {
  const sides = await openSides(run, collected.blocked);
  try {
    await performAll(run, direction, planTasks(run, direction, sides, collected), collected);
  } finally {
    await sides.local.close();
    await sides.remote.close();
    // What the sync did not come to is as it was.
    await run.ledger.write(sides.known.rest(), collected.ledgerChanged);
    await sides.known.close();
  }
}

async function openSides(run: SyncRun, blocked: Set<string>): Promise<Sides> {
  const { client, flags, folder, location, ledger, signal } = run;
  const { followSymlinks } = flags;
  const isSource = run.tally.does !== "downloaded";
  const rules = { folder, prefix: location.key, selection: run.selection, isSource, followSymlinks, signal };
  const onOther = (other: NotAFile): void => reportOther(run, other, blocked);
  const paths = run.only && inKeyOrder(run.only);
  const files = paths === undefined ? localFiles(rules, onOther) : changedFiles(rules, paths, onOther);
  const objects =
    paths === undefined
      ? listedObjects(client, location, signal)
      : changedObjects(client, location, paths, signal);
  // The folder first: it may not exist. A dry run does not create the target of a download.
  const local: Cursor<LocalFile> = await Cursor.open(
    run.from ? sourceObjects(run.from, location.key, signal) : existsSync(folder) ? files : noFiles(),
  );
  const remote: Cursor<ListedObject> = await Cursor.open(objects);
  const known: Cursor<LedgerEntry> = await Cursor.open(ledger.entries());
  return { local, remote, known };
}

/** Tells what has matched nothing. A sync of some paths has not looked for it. */
function tellOfSelection(run: SyncRun): void {
  if (run.only !== undefined) return;
  for (const outcome of missingOutcomes(run.selection, run.location.key)) report(run, outcome);
  run.selection.warnUnmatched((warning) => warn(run, warning));
  run.rules.warnUnmatched((warning) => warn(run, warning));
}

async function* noFiles(): AsyncGenerator<LocalFile, void, undefined> {}

function reportOther(run: SyncRun, { path, key, reason, error }: NotAFile, blocked: Set<string>): void {
  blocked.add(path);
  const object = { source: path, key, size: undefined, ...NO_PARTS };
  if (error !== undefined) report(run, { ...object, status: "failed", error });
  // A link in the target of a download is nobody's concern until an object would go there.
  else if (run.tally.does !== "downloaded") report(run, { ...object, status: "skipped", reason });
}

async function performAll(
  run: SyncRun,
  direction: Direction,
  tasks: AsyncGenerator<Task, void, undefined>,
  collected: Collected,
): Promise<void> {
  const { signal } = run;
  const worker = async (): Promise<void> => {
    for (let next = await tasks.next(); next.done !== true; next = await tasks.next()) {
      const { pair, settle } = next.value;
      collected.ledgerChanged = true;
      try {
        signal.throwIfAborted();
        settle(await direction.perform(next.value));
      } catch (error) {
        settle(undefined);
        if (signal.aborted) throw signal.reason;
        report(run, { ...direction.objectOf(pair, false), ...NO_PARTS, status: "failed", error });
      }
    }
  };
  const workers = Array.from({ length: run.flags.files ?? 5 }, worker);
  // Every file must have saved its checkpoint before the process ends.
  for (const result of await Promise.allSettled(workers))
    if (result.status === "rejected") throw result.reason;
}
