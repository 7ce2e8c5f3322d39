import type { Redis } from "ioredis";
import { addBatch, addLarge } from "../ledger/add-work.ts";
import { type Ledger, ledgerOf } from "../ledger/ledger.ts";
import { createRun, markDoubtful, markEnqueued } from "../ledger/run-info.ts";
import { checkServer } from "../redis/check-server.ts";
import { connectRedis } from "../redis/connect.ts";
import { checkEnqueueOptions, type EnqueueOptions } from "./enqueue-options.ts";
import { type Group, type GroupLimits, groupEntries, type NumberedEntry } from "./group-entries.ts";
import type { JobName } from "./ids.ts";
import { addJobs, type FleetQueue, openQueue } from "./queue.ts";

/** What {@link enqueueUploads} did. */
export interface EnqueueResult {
  /** Name of the run, for the status, the report and a later call. */
  readonly run: string;
  /** Objects of the manifest. */
  readonly objects: number;
  /** Jobs that this call added, or whose being there it has verified; later ones are made by workers. */
  readonly jobs: number;
}

/** Jobs that are added together. Their entries are in Redis by then, so that the memory does not grow with the manifest. */
const JOBS_TOGETHER = 50;

/**
 * Adds the objects of a manifest to the queue. Memory does not grow with the manifest. When the call fails half-way, the same
 * call with the same `run` adds the rest; workers begin at once with what is there.
 * @param entries `readManifest()` of `@cosup/fleet/manifest`
 * @throws {TypeError} {@link RangeError} naming the option
 * @throws {FleetError} Redis is missing or cannot hold a queue; or the run has other entries
 */
export async function enqueueUploads(
  entries: AsyncIterable<NumberedEntry>,
  options: EnqueueOptions,
): Promise<EnqueueResult> {
  const { run, settings } = checkEnqueueOptions(options);
  const redis = await connectRedis(options.connection, "cosup-enqueue");
  try {
    await warn(redis, options);
    const queue = openQueue(redis, options);
    const ledger = ledgerOf(redis, queue.prefix, run);
    await createRun(ledger, settings, Date.now());
    if (options.recover === true) await markDoubtful(ledger);
    const counts = await addGroups(ledger, queue, entries, settings, options.signal);
    await markEnqueued(ledger);
    return { run, ...counts };
  } finally {
    redis.disconnect();
  }
}

async function warn(redis: Redis, { onWarning }: EnqueueOptions): Promise<void> {
  const print = onWarning ?? ((line: string) => console.error(line));
  for (const line of (await checkServer(redis)).warnings) print(line);
}

async function addGroups(
  ledger: Ledger,
  queue: FleetQueue,
  entries: AsyncIterable<NumberedEntry>,
  limits: GroupLimits,
  signal?: AbortSignal,
): Promise<{ objects: number; jobs: number }> {
  let objects = 0;
  let jobs = 0;
  let waiting: Promise<JobName | undefined>[] = [];
  const flush = async (): Promise<void> => {
    const added = (await Promise.all(waiting)).filter((job) => job !== undefined);
    waiting = [];
    // The ledger first: a job without its entry would have nothing to do, and workers add a job that is missing.
    await addJobs(queue, ledger.run, added);
    jobs += added.length;
  };
  for await (const group of groupEntries(entries, limits)) {
    signal?.throwIfAborted();
    objects += group.kind === "batch" ? group.entries.length : 1;
    const added = addGroup(ledger, group);
    // It is awaited later; until then, nobody would see that it failed.
    added.catch(() => {});
    waiting.push(added);
    if (waiting.length >= JOBS_TOGETHER) await flush();
  }
  await flush();
  return { objects, jobs };
}

function addGroup(ledger: Ledger, group: Group): Promise<JobName | undefined> {
  const now = Date.now();
  return group.kind === "batch"
    ? addBatch(ledger, group.number, group.entries, now)
    : addLarge(ledger, group, now);
}
