import { EventEmitter } from "node:events";
import type { FleetError } from "../fleet-error.ts";
import { closing, inTime } from "./close-worker.ts";
import type { Executors } from "./executors.ts";
import { openWorker } from "./open-worker.ts";
import type { SweepTimes } from "./sweep.ts";
import { checkWorkerOptions, type WorkerOptions } from "./worker-options.ts";

/** A running worker. */
export interface FleetWorker {
  /** Resolves when the worker takes jobs. Rejects with a FleetError when Redis is missing or cannot hold a queue. */
  readonly ready: Promise<void>;
  /**
   * Resolves when the worker has ended. Rejects with a FleetError when it could not begin, or when COS refuses this worker and
   * not an object: `worker-refused` (wrong or expired keys, a wrong clock) or `bucket-missing`. Other workers then go on with its
   * jobs.
   */
  readonly closed: Promise<void>;
  /**
   * Takes no new jobs, ends the objects and ranges under way, gives the rest back, and closes. After `drainMs`, what is still
   * under way is aborted; another worker sends it.
   */
  drain(): Promise<void>;
  /** Like {@link drain}, but aborts what is under way at once. */
  close(): Promise<void>;
}

/** Times of a worker that only tests change. */
export const NORMAL_TIMES: SweepTimes = { sweepMs: 15_000, graceMs: 60_000 };

/** Starts a worker with these executors. */
export function startWorkerWith(
  executors: Executors,
  options: WorkerOptions,
  times: SweepTimes = NORMAL_TIMES,
): FleetWorker {
  const checked = checkWorkerOptions(options);
  const draining = new AbortController();
  const stopping = new AbortController();
  // Each request under way listens to it.
  for (const { signal } of [draining, stopping]) EventEmitter.setMaxListeners(0, signal);
  let fault: FleetError | undefined;
  const drain = (): Promise<void> => end(checked.drainMs);
  const opening = openWorker(executors, options, checked, {
    draining: draining.signal,
    stopping: stopping.signal,
    giveUp: (found) => {
      if (draining.signal.aborted) return;
      fault = found;
      void drain().catch(() => {});
    },
    finish: () => void drain().catch(() => {}),
  });
  const opened = inTime(opening, draining.signal);
  const ready = opened.then(({ start }) => start(times));
  const ended = closing(opened, draining.signal);
  const closed = ended.then(() => {
    if (fault !== undefined) throw fault;
  });
  // Each of them is for callers that want it.
  for (const promise of [ready, closed]) promise.catch(() => {});
  const end = async (waitMs: number): Promise<void> => {
    if (!draining.signal.aborted) checked.report({ type: "draining" });
    draining.abort();
    const timer = setTimeout(() => stopping.abort(new Error("the worker was closed")), waitMs);
    await ended.finally(() => clearTimeout(timer));
  };
  if (options.handleSignals === true) drainOnSignals(drain, closed);
  return { ready, closed, drain, close: () => end(0) };
}

function drainOnSignals(drain: () => Promise<void>, closed: Promise<void>): void {
  const stop = (): void => void drain().catch(() => {});
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, stop);
    void closed.catch(() => {}).finally(() => process.off(signal, stop));
  }
}
