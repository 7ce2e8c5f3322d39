import type { Redis } from "ioredis";
import { type Added, addBatch, addLarge } from "../ledger/add-work.ts";
import { type Ledger, ledgerOf } from "../ledger/ledger.ts";
import { noticeRestart } from "../ledger/notice-restart.ts";
import { createRun, markDoubtful, markEnqueued, markStopped } from "../ledger/run-info.ts";
import { afterAbort, LAST_WORDS_MS } from "../redis/after-abort.ts";
import { checkServer } from "../redis/check-server.ts";
import { connectRedis } from "../redis/connect.ts";
import { withRedisRefusal } from "../redis/redis-refusal.ts";
import { watchSilence } from "../redis/watch-silence.ts";
import { checkEnqueueOptions, type EnqueueOptions } from "./enqueue-options.ts";
import { type Group, type GroupLimits, groupEntries, type NumberedEntry } from "./group-entries.ts";
import { requireObjects, requireSame } from "./lost-entries.ts";
import { addJobs, type FleetQueue, openQueue } from "./queue.ts";
import { untilAborted } from "./until-aborted.ts";

/** What {@link enqueueUploads} did. */
export interface EnqueueResult {
  /** Name of the run, for the status, the report and a later call. */
  readonly run: string;
  /** Objects of the manifest. */
  readonly objects: number;
  /** Jobs that this call added. Those that were there, or are done, do not count; workers add more of large objects. */
  readonly jobs: number;
}

/** Jobs that are added together. Their entries are in Redis by then, so that the memory does not grow with the manifest. */
const JOBS_TOGETHER = 50;

/**
 * Adds the objects of a manifest to the queue. Memory does not grow with the manifest. When the call fails half-way, the same
 * call with the same `run` adds the rest; workers begin at once with what is there.
 * @param entries `readManifest()` of `@cosup/fleet/manifest`
 * @throws {TypeError} {@link RangeError} naming the option
 * @throws {FleetError} Redis is missing, full, cannot hold a queue, or has lost entries during the call; or the run has other
 *   entries
 */
export async function enqueueUploads(
  entries: AsyncIterable<NumberedEntry>,
  options: EnqueueOptions,
): Promise<EnqueueResult> {
  const checked = checkEnqueueOptions(options);
  const { signal, onWarning = printWarning } = options;
  const redis = await connectRedis(options.connection, "cosup-enqueue");
  const endWatch = watchSilence(redis, onWarning);
  const patience = signal && afterAbort(signal, LAST_WORDS_MS);
  try {
    const added = enqueue(entries, redis, options, checked);
    return await Promise.race([added, ...(patience ? [patience.over.then(() => throwReason(signal))] : [])]);
  } catch (error) {
    throw withRedisRefusal(error, `repeat the same with run ${checked.run}, which adds what is missing`);
  } finally {
    endWatch();
    patience?.clear();
    redis.disconnect();
  }
}

function printWarning(line: string): void {
  console.error(line);
}

function throwReason(signal: AbortSignal | undefined): never {
  throw signal?.reason;
}

async function enqueue(
  entries: AsyncIterable<NumberedEntry>,
  redis: Redis,
  options: EnqueueOptions,
  { run, settings }: ReturnType<typeof checkEnqueueOptions>,
): Promise<EnqueueResult> {
  const { onWarning = printWarning } = options;
  for (const line of (await checkServer(redis)).warnings) onWarning(line);
  const queue = openQueue(redis, options);
  const ledger = ledgerOf(redis, queue.prefix, run);
  const { serverId } = await noticeRestart(redis, queue.prefix);
  await createRun(ledger, { ...settings, queue: queue.name }, Date.now());
  options.onRun?.(run);
  if (options.recover === true) await markDoubtful(ledger);
  const requireKept = (): Promise<void> => requireSame(ledger, serverId);
  const items = untilAborted(entries, options.signal);
  const counts = await addGroups(ledger, queue, items, settings, requireKept).catch(async (error) => {
    // A full Redis cannot write it; then the run is shown as being enqueued.
    if (error instanceof Error) await markStopped(ledger, error.message).catch(() => {});
    throw error;
  });
  await requireObjects(ledger, counts.objects);
  await markEnqueued(ledger);
  await requireKept();
  return { run, ...counts };
}

async function addGroups(
  ledger: Ledger,
  queue: FleetQueue,
  entries: AsyncIterable<NumberedEntry>,
  limits: GroupLimits,
  requireKept: () => Promise<void>,
): Promise<{ objects: number; jobs: number }> {
  let objects = 0;
  let jobs = 0;
  let waiting: Promise<Added | undefined>[] = [];
  const flush = async (): Promise<void> => {
    const added = (await Promise.all(waiting)).filter((one) => one !== undefined);
    waiting = [];
    // The ledger first: a job without its entry would have nothing to do, and workers add a job that is missing.
    await addJobs(
      queue,
      ledger.run,
      added.map(({ job }) => job),
    );
    jobs += added.filter(({ isNew }) => isNew).length;
    await requireKept();
  };
  try {
    for await (const group of groupEntries(entries, limits)) {
      objects += group.kind === "batch" ? group.entries.length : 1;
      const added = addGroup(ledger, group);
      // It is awaited later; until then, nobody would see that it failed.
      added.catch(() => {});
      waiting.push(added);
      if (waiting.length >= JOBS_TOGETHER) await flush();
    }
    await flush();
    return { objects, jobs };
  } finally {
    // What is being added counts as added when the run is marked as stopped.
    await Promise.allSettled(waiting);
  }
}

function addGroup(ledger: Ledger, group: Group): Promise<Added | undefined> {
  const now = Date.now();
  return group.kind === "batch"
    ? addBatch(ledger, group.number, group.entries, now)
    : addLarge(ledger, group, now);
}
