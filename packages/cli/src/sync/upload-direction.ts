import { bareETag, type Outcome } from "../commands/outcome.ts";
import { type UploadSource, uploadSource } from "../site/upload-source.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { LocalFile, Pair } from "./merge.ts";
import { removeObjects } from "./remove-objects.ts";
import { findSameObject } from "./same-object.ts";
import { untilDistinct } from "./settle.ts";
import {
  type Direction,
  entryOf,
  NO_PARTS,
  report,
  reportUnchanged,
  type SyncRun,
  type Task,
  warn,
} from "./sync-context.ts";

/** From the folder to the prefix. */
export function uploadDirection(run: SyncRun): Direction {
  return {
    objectOf: (pair, deleted) => objectOf(run, pair, deleted),
    perform: async (task) => {
      const { local } = task.pair;
      if (local === undefined) return undefined;
      return run.flags.dryRun === true ? planUpload(run, task, local) : upload(run, task, local);
    },
    remove: (deletions) => removeObjects(run, deletions),
  };
}

function objectOf(
  { location }: SyncRun,
  { path, local, remote }: Pair,
  deleted: boolean,
): Pick<Outcome, "source" | "key" | "size"> {
  const key = location.key + path;
  return deleted
    ? { source: `cos://${location.bucket}/${key}`, key, size: remote?.size }
    : { source: path, key, size: local?.size };
}

function sourceOf({ rules }: SyncRun, { file, path, size }: LocalFile): Promise<UploadSource> {
  return uploadSource(file, true, rules.of(path), size);
}

async function planUpload(run: SyncRun, { pair, decision }: Task, local: LocalFile): Promise<undefined> {
  const { client, location, signal } = run;
  const place = { Bucket: location.bucket, Key: local.key };
  const same =
    decision === "compare"
      ? await findSameObject(client, place, (await sourceOf(run, local)).parameters, signal)
      : undefined;
  const direction = { objectOf: () => objectOf(run, pair, false) };
  if (same !== undefined) reportUnchanged(run, direction, pair);
  else report(run, { ...objectOf(run, pair, false), ...NO_PARTS, status: "planned", action: "upload" });
}

async function upload(run: SyncRun, task: Task, local: LocalFile): Promise<LedgerEntry | undefined> {
  const { client, rules, location, checkpoints, signal } = run;
  const isDistinct = await untilDistinct(local, signal);
  const progress = run.progress.file(task.pair.path, local.size);
  try {
    const { parameters, file } = await sourceOf(run, local);
    const result = await client.uploadFile({
      Bucket: location.bucket,
      Key: local.key,
      skip: task.decision === "compare" ? "same" : "never",
      checkpoints,
      onProgress: (_consumed, _total, details) => progress.update(details),
      onWarning: (warning) => warn(run, warning),
      signal,
      ...parameters,
    });
    const { size, crc64, ETag, partsSent, partsResumed } = result;
    const etag = bareETag(ETag);
    const known = { etag: etag ?? "", crc64: crc64 ?? "", file };
    const direction = { objectOf: () => objectOf(run, task.pair, false) };
    if (result.skipped) reportUnchanged(run, direction, task.pair, known);
    else {
      const object = { ...objectOf(run, task.pair, false), size, crc64, etag, file };
      report(run, { ...object, partsSent, partsResumed, status: "uploaded" });
    }
    return isDistinct ? entryOf(local, result, rules.of(local.path).headers) : undefined;
  } finally {
    progress.end();
  }
}
