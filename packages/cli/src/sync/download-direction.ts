import { lstat, unlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SourceError } from "@cosup/node";
import { downloadFile } from "@cosup/node/download";
import { downloadSettings } from "../commands/download-settings.ts";
import { bareETag, type Outcome } from "../commands/outcome.ts";
import { refusalOf } from "../commands/remote-plan.ts";
import { makeFolder } from "../make-folder.ts";
import { isSameStamp, type LedgerEntry } from "./ledger-entry.ts";
import type { ListedObject, LocalFile, Pair } from "./merge.ts";
import { findSameObject } from "./same-object.ts";
import { untilDistinct } from "./settle.ts";
import { stampOf } from "./sides.ts";
import {
  type Deletion,
  type Direction,
  entryOf,
  type KnownObject,
  NO_PARTS,
  report,
  reportUnchanged,
  type SyncRun,
  type Task,
  warn,
} from "./sync-context.ts";

/** Of a file, as the ledger keeps it. */
const NO_HEADERS = "";

/** From the prefix to the folder. */
export function downloadDirection(run: SyncRun): Direction {
  const direction: Direction = {
    objectOf: (pair, deleted) => objectOf(run, pair, deleted),
    perform: async ({ pair, decision }: Task) => {
      const { local, remote } = pair;
      if (remote === undefined) return undefined;
      const refused = refusalOf(remote.key, pair.path);
      if (refused !== undefined) throw refused;
      const same = decision === "compare" && local !== undefined ? await knownSame(run, local) : undefined;
      if (same !== undefined) {
        reportUnchanged(run, direction, pair, same.object);
        return same.entry;
      }
      if (run.flags.dryRun !== true) return download(run, pair, remote);
      report(run, { ...objectOf(run, pair, false), ...NO_PARTS, status: "planned", action: "download" });
      return undefined;
    },
    remove: (deletions) => removeFiles(run, deletions),
  };
  return direction;
}

function objectOf(
  { folderName, location }: SyncRun,
  { path, remote, local }: Pair,
  deleted: boolean,
): Pick<Outcome, "source" | "key" | "to" | "size"> {
  const key = location.key + path;
  if (deleted) return { source: join(folderName, path), key, size: local?.size };
  return { source: `cos://${location.bucket}/${key}`, key, to: join(folderName, path), size: remote?.size };
}

/** Whether the object has the bytes of the file; its headers do not matter. */
async function knownSame(
  { client, location, signal }: SyncRun,
  local: LocalFile,
): Promise<{ readonly entry: LedgerEntry | undefined; readonly object: KnownObject } | undefined> {
  const isDistinct = await untilDistinct(local, signal);
  const place = { Bucket: location.bucket, Key: local.key };
  const source = { LocalFilePath: local.file, refuseSymlinks: true };
  const same = await findSameObject(client, place, source, signal);
  if (same === undefined) return undefined;
  const known = { etag: bareETag(same.ETag) ?? "", crc64: same.crc64 ?? "" };
  return { entry: isDistinct ? entryOf(local, same, NO_HEADERS) : undefined, object: known };
}

async function download(run: SyncRun, pair: Pair, remote: ListedObject): Promise<LedgerEntry | undefined> {
  const { client, flags, folder, location, checkpoints, signal } = run;
  const path = join(folder, pair.path);
  await makeFolder(dirname(path));
  const progress = run.progress.file(pair.path, remote.size);
  try {
    const result = await downloadFile(client, {
      Bucket: location.bucket,
      Key: remote.key,
      LocalFilePath: path,
      ...downloadSettings(flags, progress),
      checkpoints,
      onWarning: (warning) => warn(run, warning),
      signal,
    });
    const { size, crc64, ETag, LastModified } = result;
    await setTime(path, LastModified ?? remote.lastModified);
    const object = { ...objectOf(run, pair, false), size, crc64, etag: bareETag(ETag) };
    report(run, { ...object, ...NO_PARTS, status: "downloaded" });
    const stamp = stampOf(path);
    return stamp && entryOf({ path: pair.path, ...stamp }, result, NO_HEADERS);
  } finally {
    progress.end();
  }
}

/** The time of the object, so that every later change of the file shows. */
async function setTime(path: string, lastModified: string): Promise<void> {
  const time = new Date(lastModified);
  // Some file systems keep no times; the file is complete all the same.
  if (!Number.isNaN(time.getTime())) await utimes(path, time, time).catch(() => {});
}

async function removeFiles(run: SyncRun, deletions: readonly Deletion[]): Promise<void> {
  for (const { pair } of deletions) {
    run.signal.throwIfAborted();
    const object = { ...objectOf(run, pair, true), ...NO_PARTS };
    try {
      await removeFile(pair.local);
      report(run, { ...object, status: "deleted" });
    } catch (error) {
      report(run, { ...object, status: "failed", error });
    }
  }
}

/** Deletes a file unless it has changed since it was looked at. */
async function removeFile(local: LocalFile | undefined): Promise<void> {
  if (local === undefined) return;
  const stamp = stampOf(local.file);
  if (stamp !== undefined && !isSameStamp(stamp, local))
    throw new SourceError(`${local.file} was changed during the sync: it stays`, "source-changed");
  if (stamp === undefined && (await lstat(local.file).catch(() => undefined)) === undefined) return;
  await unlink(local.file);
}
