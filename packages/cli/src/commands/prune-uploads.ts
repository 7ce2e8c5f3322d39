import {
  type CheckpointLock,
  CosError,
  defaultCheckpointDirectory,
  fileCheckpoints,
  type NodeCosClient,
} from "@cosup/node";
import { classify } from "../classify-error.ts";
import { type ConnectionFlags, openClient } from "../client.ts";
import { confirm } from "../confirm.ts";
import { ownEnvironment } from "../credentials.ts";
import { EXIT } from "../exit-codes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { isNotFound } from "../is-not-found.ts";
import { type Location, parseLocation } from "../location.ts";
import { writeError, writeJson, writeResult } from "../output.ts";
import { reportFailure } from "../report.ts";
import { type UploadCheckpoint, uploadCheckpoints } from "./upload-checkpoints.ts";

/** The flags of `cosup uploads prune`. */
export interface PruneFlags extends ConnectionFlags {
  /** Milliseconds. */
  readonly olderThan: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly stateDir?: string;
  readonly json?: boolean;
}

interface Upload {
  readonly key: string;
  readonly uploadId: string;
}

/** What is to go: uploads in COS, and checkpoints of this machine that lead nowhere. */
interface Plan {
  readonly uploads: readonly Upload[];
  readonly checkpoints: readonly UploadCheckpoint[];
  /** Held, so that no upload is resumed meanwhile. */
  readonly locks: readonly CheckpointLock[];
}

/**
 * Runs `cosup uploads prune`: aborts unfinished uploads that are old, and removes checkpoints whose upload is gone. What
 * runs on this machine stays. Returns the exit code.
 */
export async function pruneUploads(target: string, flags: PruneFlags): Promise<number> {
  const location = parseLocation(target);
  const client = openClient(flags, ownEnvironment());
  const signal = abortOnInterrupt();
  const before = Date.now() - flags.olderThan;
  const plan = await planOf(client, location, flags, before, signal);
  try {
    const { uploads, checkpoints } = plan;
    if (uploads.length + checkpoints.length > 0 && flags.dryRun !== true) {
      const question = `Abort ${countOf(uploads.length, "unfinished upload")} begun before ${new Date(before).toISOString()}, and remove ${countOf(checkpoints.length, "checkpoint")}?`;
      if (!(await confirm(question, flags.yes === true, signal))) {
        writeError("nothing was aborted");
        return EXIT.done;
      }
    }
    return await carryOut(client, location.bucket, plan, flags, signal);
  } finally {
    await Promise.all(plan.locks.map((lock) => lock.release()));
    await client.close();
  }
}

/** Lists the uploads in COS and the checkpoints here. Changes nothing. */
async function planOf(
  client: NodeCosClient,
  { bucket, key }: Location,
  flags: PruneFlags,
  before: number,
  signal: AbortSignal,
): Promise<Plan> {
  const isMeant = (each: string): boolean =>
    each === key || ((key === "" || key.endsWith("/")) && each.startsWith(key));
  const known = new Set<string>();
  const old = new Map<string, Upload>();
  for await (const upload of client.eachMultipartUpload({ Bucket: bucket, Prefix: key, signal })) {
    const { Key, UploadId, Initiated } = upload;
    known.add(UploadId);
    if (isMeant(Key) && Date.parse(Initiated) <= before) old.set(UploadId, { key: Key, uploadId: UploadId });
  }
  const directory = flags.stateDir || defaultCheckpointDirectory();
  const store = fileCheckpoints(directory);
  const locks: CheckpointLock[] = [];
  const checkpoints: UploadCheckpoint[] = [];
  for (const checkpoint of await uploadCheckpoints(directory, bucket, flags)) {
    const { id, uploadId, writtenMs } = checkpoint;
    // One that was written since the list was made may belong to an upload that is not in it.
    const isStale = old.has(uploadId) || (!known.has(uploadId) && writtenMs <= before);
    if (!isMeant(checkpoint.key) || !isStale) continue;
    const lock = await store.lock(id);
    if (lock === undefined) {
      writeError(`warning: the upload of ${checkpoint.key} is running: it stays`);
      old.delete(uploadId);
    } else {
      locks.push(lock);
      checkpoints.push(checkpoint);
    }
  }
  return { uploads: [...old.values()], checkpoints, locks };
}

async function carryOut(
  client: NodeCosClient,
  bucket: string,
  { uploads, checkpoints }: Plan,
  flags: PruneFlags,
  signal: AbortSignal,
): Promise<number> {
  const { dryRun = false, json = false } = flags;
  const status = dryRun ? "planned" : "done";
  const kept = new Set<string>();
  let exitCode: number = EXIT.done;
  for (const { key, uploadId } of uploads) {
    const error = dryRun ? undefined : await abortUpload(client, bucket, { key, uploadId }, signal);
    if (error !== undefined) {
      exitCode = reportFailure(error, json, { key });
      kept.add(uploadId);
    } else if (json) writeJson({ type: "aborted", key, uploadId, status });
    else writeResult(`${dryRun ? "would abort" : "aborted"} ${uploadId}  ${key}`);
  }
  const store = fileCheckpoints(flags.stateDir || undefined);
  const leftover = checkpoints.filter(({ uploadId }) => !kept.has(uploadId));
  for (const { id, key, uploadId } of leftover) {
    if (!dryRun) await store.remove(id);
    if (json) writeJson({ type: "checkpoint", key, uploadId, status });
    else writeResult(`${dryRun ? "would remove" : "removed"} the checkpoint of ${key}`);
  }
  const aborted = uploads.length - kept.size;
  if (json) writeJson({ type: "summary", aborted, checkpoints: leftover.length });
  else if (uploads.length + leftover.length === 0) writeResult("nothing to prune");
  return exitCode;
}

/** Returns the error if this upload cannot be aborted, but others may; one that is gone by now is no error. */
async function abortUpload(
  client: NodeCosClient,
  Bucket: string,
  { key, uploadId }: Upload,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await client.abortMultipartUpload({ Bucket, Key: key, UploadId: uploadId, signal });
    return undefined;
  } catch (error) {
    if (signal.aborted || !concernsOneUpload(error)) throw error;
    return isNotFound(error) ? undefined : error;
  }
}

/** Whether the other uploads may still be aborted. */
function concernsOneUpload(error: unknown): boolean {
  return error instanceof CosError && classify(error).exitCode === EXIT.failed;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
