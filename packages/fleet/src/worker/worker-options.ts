import { ArgumentTypeError, CosClient, type NodeCosOptions } from "@cosup/node";
import { wholeNumber } from "../jobs/enqueue-options.ts";
import { checkRunId } from "../jobs/ids.ts";
import { checkQueueName, type QueuePlace } from "../jobs/queue.ts";
import type { RedisPlace } from "../redis/connect.ts";
import type { WorkerEvent } from "./worker-events.ts";

/** Options of {@link startWorker}. */
export interface WorkerOptions extends QueuePlace {
  /** Where Redis is. */
  readonly connection: RedisPlace;
  /**
   * The client's options, with the credentials of this worker; or a client. Credentials are never written to Redis. With
   * options, a throttled attempt makes all workers wait at once; with a client, only one whose attempts are used up.
   */
  readonly cos: NodeCosOptions | CosClient;
  /** The bucket's region, for `cos://` sources; default: `Region` of the client's options. */
  readonly region?: string | undefined;
  /** Objects and parts that this worker sends at once, 1 to 1000; default 16. */
  readonly concurrency?: number | undefined;
  /**
   * Bytes of the parts of large objects that are in memory at once, but one part for each of the jobs at once, up to 4; and of the
   * client's own buffers, when `cos` are options without their own. Default 64 MiB.
   */
  readonly memoryBudget?: number | undefined;
  /**
   * Drain on SIGTERM and SIGINT; default false. The program ends when nothing else keeps it running.
   */
  readonly handleSignals?: boolean | undefined;
  /**
   * End when this run, or with true all runs of its queue, are enqueued wholly and nothing of them is pending: their objects are
   * stored or have failed. Before such a run is there, the worker waits for it. Default: go on until drained or closed.
   */
  readonly untilFinished?: boolean | string | undefined;
  /** Milliseconds that a drain waits for objects and ranges under way before it aborts them, 0 to 1 h; default 25 000. */
  readonly drainMs?: number | undefined;
  /** Receives what happens. Default: warnings are printed to stderr. */
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
}

/** Options with their defaults. */
export interface CheckedOptions {
  /** Jobs that the worker has at once. */
  readonly jobsAtOnce: number;
  /** Objects of a batch, or parts of a range, that are sent at once. */
  readonly objectsAtOnce: number;
  /** Bytes of the parts of one range. */
  readonly rangeBytes: number;
  readonly drainMs: number;
  readonly report: (event: WorkerEvent) => void;
}

const MOST_JOBS = 4;
const MEMORY_BYTES = 64 * 1024 ** 2;

/** @throws {TypeError} {@link RangeError} naming the option */
export function checkWorkerOptions(options: WorkerOptions): CheckedOptions {
  const concurrency = wholeNumber("concurrency", options.concurrency, 16, [1, 1000]);
  if (typeof options.cos !== "object" || options.cos === null) {
    throw new ArgumentTypeError("cos", "must be the options of createCos(), or a client");
  }
  if (options.memoryBudget !== undefined && options.cos instanceof CosClient) {
    throw new ArgumentTypeError("memoryBudget", "is an option of the client: give it to createCos()");
  }
  checkQueueName(options.queue);
  if (typeof options.untilFinished === "string") checkRunId(options.untilFinished);
  // Few jobs at once, so that few are taken over when the worker is lost; but a large object and a batch go on together.
  const jobsAtOnce = Math.max(1, Math.min(MOST_JOBS, Math.floor(concurrency / 2)));
  return {
    jobsAtOnce,
    objectsAtOnce: Math.ceil(concurrency / jobsAtOnce),
    rangeBytes: Math.floor((options.memoryBudget ?? MEMORY_BYTES) / jobsAtOnce),
    drainMs: wholeNumber("drainMs", options.drainMs, 25_000, [0, 3_600_000]),
    report: options.onEvent ?? printWarnings,
  };
}

function printWarnings(event: WorkerEvent): void {
  if (event.type === "warning") console.error(event.message);
}
