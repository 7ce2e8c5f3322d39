import * as transfer from "../transfer/index.ts";
import { type FleetWorker, startWorkerWith } from "./start-worker.ts";
import type { WorkerOptions } from "./worker-options.ts";

export type { FleetWorker } from "./start-worker.ts";
export type { WorkerEvent } from "./worker-events.ts";
export type { WorkerOptions } from "./worker-options.ts";

/**
 * Starts a worker in this process. It takes jobs of all runs of the queue until it is drained or closed, or with
 * `untilFinished` until they are finished.
 *
 * A worker that is lost is noticed by another one within 12 seconds, and its jobs are taken over: COS is asked what it holds
 * before anything is sent again. While Redis is away, the worker goes on with what it has, and waits.
 * @throws {TypeError} {@link RangeError} naming the option
 *
 * @example
 * ```ts no-run: needs a Redis
 * const worker = startWorker({
 *   connection: "redis://127.0.0.1:6379",
 *   cos: { Region: "ap-guangzhou", SecretId, SecretKey },
 *   handleSignals: true,
 *   untilFinished: "photos",
 * });
 * await worker.closed;
 * ```
 */
export function startWorker(options: WorkerOptions): FleetWorker {
  return startWorkerWith(transfer, options);
}
