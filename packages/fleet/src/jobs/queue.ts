import { ArgumentTypeError } from "@cosup/node";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { type JobName, jobIdOf } from "./ids.ts";

/** The queue of a fleet. All runs share it. */
export interface FleetQueue {
  readonly queue: Queue;
  readonly prefix: string;
  readonly name: string;
}

/** Where the queue is in Redis. */
export interface QueuePlace {
  /** Name of the queue; default `cosup`. Letters, digits, `_`, `.` and `-`. */
  readonly queue?: string | undefined;
  /** What all keys in Redis begin with; default `cosup`. `{cosup}` keeps them together in a cluster. */
  readonly prefix?: string | undefined;
}

/** How many jobs are added with one call. Redis does nothing else meanwhile. */
const ADDED_AT_ONCE = 200;
/** The queue's own list of events is not read by anything here. */
const EVENTS_KEPT = 100;

const NAME = /^[A-Za-z0-9_.-]+$/;

/** @throws {TypeError} the name has other characters */
export function checkQueueName(queue: string | undefined): void {
  if (queue !== undefined && !NAME.test(queue))
    throw new ArgumentTypeError("queue", "must be letters, digits, '_', '.' or '-'");
}

/** Opens the queue on a connection that stays open when the queue is closed. */
export function openQueue(
  redis: Redis,
  { queue = "cosup", prefix = "cosup" }: QueuePlace,
  own: { readonly skipVersionCheck?: boolean } = {},
): FleetQueue {
  const opened = new Queue(queue, {
    connection: redis,
    prefix,
    streams: { events: { maxLen: EVENTS_KEPT } },
    ...own,
  });
  opened.on("error", () => {});
  return { queue: opened, prefix, name: queue };
}

/**
 * Adds jobs. A job that the queue has already stays as it is, whatever its state.
 * @param isNext they are taken before all others: a large object that has begun comes to its end first
 */
export async function addJobs(
  { queue }: FleetQueue,
  run: string,
  jobs: readonly JobName[],
  isNext = false,
): Promise<void> {
  // The last one that is pushed to the front is taken first.
  const ordered = isNext ? [...jobs].reverse() : jobs;
  for (let at = 0; at < ordered.length; at += ADDED_AT_ONCE) {
    await queue.addBulk(
      ordered.slice(at, at + ADDED_AT_ONCE).map((job) => ({
        // The id says everything. Redis keeps up to 64 bytes of fields of a hash much more compactly than longer ones.
        name: "j",
        data: {},
        opts: { jobId: jobIdOf(run, job), ...(isNext && { lifo: true }) },
      })),
    );
  }
}

/** The key that holds a job, which exists from its adding to its end. */
export function jobKey({ prefix, name }: FleetQueue, run: string, job: JobName): string {
  return `${prefix}:${name}:${jobIdOf(run, job)}`;
}

/** The sorted set of jobs that BullMQ has given up. */
export function failedKey({ prefix, name }: FleetQueue): string {
  return `${prefix}:${name}:failed`;
}
