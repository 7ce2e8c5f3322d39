import { sourceRegionOf } from "../commands/copy-flags.ts";
import { bareETag, type Outcome } from "../commands/outcome.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import type { LocalFile, Pair } from "./merge.ts";
import { removeObjects } from "./remove-objects.ts";
import { listedObjects } from "./sides.ts";
import {
  type CopySource,
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

/** From one prefix to another; COS copies, nothing passes through this machine. */
export function copyDirection(run: SyncRun, from: CopySource): Direction {
  const direction: Direction = {
    objectOf: (pair, deleted) => objectOf(run, from, pair, deleted),
    perform: (task) => perform(run, direction, from, task),
    remove: (deletions) => removeObjects(run, deletions),
  };
  return direction;
}

/**
 * The objects of the source, in the place of files. Their state is that of a file: the time of the object, and its ETag
 * as two numbers, so that the ledger knows an object that has been replaced.
 */
export async function* sourceObjects(
  { client, location }: CopySource,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<LocalFile, void, undefined> {
  for await (const { path, key, size, etag, lastModified } of listedObjects(client, location, signal)) {
    const [ctimeMs, ino] = [etag.slice(0, 12), etag.slice(12, 24)].map((hex) => Number.parseInt(hex, 16));
    const stamp = { size, mtimeMs: Date.parse(lastModified), ctimeMs: ctimeMs ?? 0, ino: ino ?? 0 };
    yield { path, key: prefix + path, file: key, ...stamp };
  }
}

function objectOf(
  { location }: SyncRun,
  from: CopySource,
  { path, local, remote }: Pair,
  deleted: boolean,
): Pick<Outcome, "source" | "key" | "to" | "size"> {
  const key = location.key + path;
  const to = `cos://${location.bucket}/${key}`;
  if (deleted) return { source: to, key, size: remote?.size };
  const { bucket, key: prefix } = from.location;
  return { source: `cos://${bucket}/${prefix}${path}`, key, to, size: local?.size };
}

async function perform(
  run: SyncRun,
  direction: Direction,
  from: CopySource,
  { pair, decision }: Task,
): Promise<LedgerEntry | undefined> {
  const { local } = pair;
  if (local === undefined) return undefined;
  const same = decision === "compare" ? await sameObject(run, from, local) : undefined;
  if (same !== undefined) {
    reportUnchanged(run, direction, pair, same);
    return entryOf(local, { ETag: same.etag, crc64: same.crc64 }, "");
  }
  if (run.flags.dryRun !== true) return copy(run, from, pair, local);
  report(run, { ...direction.objectOf(pair, false), ...NO_PARTS, status: "planned", action: "copy" });
  return undefined;
}

/** The target, if it has the bytes of the source: both have the same size and CRC64. */
async function sameObject(
  { client, location, signal }: SyncRun,
  from: CopySource,
  { key, file }: LocalFile,
): Promise<KnownObject | undefined> {
  const one = await from.client.headObject({ Bucket: from.location.bucket, Key: file, signal });
  const other = await client.headObject({ Bucket: location.bucket, Key: key, signal });
  const { crc64 } = one;
  if (!crc64 || crc64 !== other.crc64 || one.ContentLength !== other.ContentLength) return undefined;
  return { etag: bareETag(other.ETag) ?? "", crc64 };
}

async function copy(
  run: SyncRun,
  from: CopySource,
  pair: Pair,
  local: LocalFile,
): Promise<LedgerEntry | undefined> {
  const { client, flags, location, signal } = run;
  const progress = run.progress.file(pair.path, local.size);
  const copying = client.copyObject({
    Bucket: location.bucket,
    Key: local.key,
    CopySource: { Bucket: from.location.bucket, Key: local.file, Region: sourceRegionOf(flags) },
    PartSize: flags.partSize,
    MAXThread: flags.concurrency,
    onProgress: (_copied, total, details) => progress.update(details, total),
    onWarning: (warning) => warn(run, warning),
    signal,
  });
  const result = await copying.finally(() => progress.end());
  const { size, crc64, ETag } = result;
  const object = { ...objectOf(run, from, pair, false), size, crc64, etag: bareETag(ETag) };
  report(run, { ...object, ...NO_PARTS, status: "copied" });
  return entryOf(local, { ETag, crc64: crc64 ?? "" }, "");
}
