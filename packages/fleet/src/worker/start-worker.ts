import { EventEmitter } from "node:events";
import { hostname } from "node:os";
import { CosClient, createCos, type NodeCosOptions } from "@cosup/node";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { FleetError } from "../fleet-error.ts";
import { type FleetQueue, openQueue } from "../jobs/queue.ts";
import { workersKey } from "../ledger/keys.ts";
import { RestartWatch } from "../ledger/notice-restart.ts";
import { checkServer } from "../redis/check-server.ts";
import { connectRedis } from "../redis/connect.ts";
import { withRedisFull } from "../redis/redis-full.ts";
import { isAllFinished } from "./all-finished.ts";
import type { Executors } from "./executors.ts";
import { KnownUploads } from "./known-uploads.ts";
import { openBullWorker } from "./open-bull-worker.ts";
import { RunSettingsCache } from "./run-settings-cache.ts";
import { type SweepTimes, sweep } from "./sweep.ts";
import { pause, Throttle } from "./throttle.ts";
import type { WorkerContext } from "./worker-context.ts";
import { type CheckedOptions, checkWorkerOptions, type WorkerOptions } from "./worker-options.ts";

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
const ALIVE_MS = 5_000;
/** Milliseconds between two questions whether all is finished. */
const FINISHED_MS = 1_000;
/** Milliseconds that an aborted worker waits for Redis before it ends all the same. */
const LAST_WORDS_MS = 5_000;

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
  const opening = open(executors, options, checked, {
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

interface Opened {
  readonly context: WorkerContext;
  readonly bull: Worker;
  readonly redis: Redis;
  readonly start: (times: SweepTimes) => Promise<void>;
  /** Closes the client, if it is the worker's own. */
  readonly closeClient: () => void;
}

async function open(
  executors: Executors,
  options: WorkerOptions,
  { jobsAtOnce, objectsAtOnce, rangeBytes, report }: CheckedOptions,
  {
    finish,
    ...ending
  }: Pick<WorkerContext, "draining" | "stopping" | "giveUp"> & {
    readonly finish: () => void;
  },
): Promise<Opened> {
  const redis = await connectRedis(options.connection, "cosup-worker");
  try {
    for (const message of (await checkServer(redis)).warnings) report({ type: "warning", message });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const queue = openQueue(redis, options);
  const throttle = new Throttle(redis, queue.prefix);
  const known = new KnownUploads(redis, queue.prefix);
  const { cos, region, clientBytes, closeClient } = clientOf(options, throttle);
  const context: WorkerContext = {
    ...{
      redis,
      queue,
      cos,
      region,
      clientBytes,
      executors,
      throttle,
      known,
      restarts: new RestartWatch(redis, queue.prefix),
      unlisted: new Set<string>(),
      objectsAtOnce,
      rangeBytes,
      report,
    },
    ...ending,
  };
  const runs = new RunSettingsCache(redis, queue.prefix);
  const bull = openBullWorker(context, runs, jobsAtOnce);
  const start = async (times: SweepTimes): Promise<void> => {
    await bull.waitUntilReady();
    bull.run().catch((error: unknown) => context.report({ type: "warning", message: String(error) }));
    void repeat(times.sweepMs, context, () => sweep(context, times));
    void repeat(ALIVE_MS, context, () => noteAlive(redis, queue));
    void repeat(ALIVE_MS, context, () => known.publish());
    const which = options.untilFinished;
    if (which === undefined || which === false) return;
    void repeat(FINISHED_MS, context, async () => {
      if (await isAllFinished(context, which)) finish();
    });
  };
  return { context, bull, redis, start, closeClient };
}

function clientOf(
  { cos, region, memoryBudget }: WorkerOptions,
  throttle: Throttle,
): {
  cos: CosClient;
  region?: string | undefined;
  clientBytes?: number | undefined;
  closeClient: () => void;
} {
  if (cos instanceof CosClient) return { cos, region, closeClient: () => {} };
  const own: NodeCosOptions = {
    ...(memoryBudget !== undefined && { memoryBudget }),
    ...cos,
    onRetry: (event) => {
      // The first refusal: the client itself tries for a minute before it gives up.
      if (event.errorCode === "throttled") throttle.slowDown(event.Bucket).catch(() => {});
      cos.onRetry?.(event);
    },
  };
  const client = createCos(own);
  return {
    cos: client,
    region: region ?? cos.Region,
    clientBytes: own.memoryBudget,
    closeClient: () => void client.close(),
  };
}

/** Rejects some time after the worker was told to end, if it has not opened by then: Redis may never respond. */
async function inTime(opening: Promise<Opened>, draining: AbortSignal): Promise<Opened> {
  const patience = afterAbort(draining, LAST_WORDS_MS);
  const opened = await Promise.race([opening, patience.over]).finally(patience.clear);
  if (opened !== undefined) return opened;
  opening.then(
    ({ closeClient, redis }) => {
      closeClient();
      redis.disconnect();
    },
    () => {},
  );
  throw new Error("the worker was closed before Redis had responded");
}

/** Resolves when everything is closed. */
async function closing(opened: Promise<Opened>, draining: AbortSignal): Promise<void> {
  const { bull, redis, context, closeClient } = await opened;
  await new Promise<void>((resolve) => {
    if (draining.aborted) resolve();
    else draining.addEventListener("abort", () => resolve(), { once: true });
  });
  // While Redis is away, what BullMQ still has to say would wait for it for ever. ioredis does not reject what waits when it is
  // told to disconnect between two attempts to connect.
  const lastWords = afterAbort(context.stopping, LAST_WORDS_MS);
  await Promise.race([bull.close(), lastWords.over]);
  lastWords.clear();
  if (redis.status === "ready") {
    await redis.zrem(workersKey(context.queue.prefix), aliveName()).catch(() => {});
  }
  closeClient();
  redis.disconnect();
}

/** `over` resolves some time after the signal was aborted, unless it is cleared. */
function afterAbort(signal: AbortSignal, ms: number): { over: Promise<void>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let begin = (): void => {};
  const over = new Promise<void>((resolve) => {
    begin = () => {
      timer = setTimeout(resolve, ms);
    };
  });
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    over,
    clear: () => {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}

/** Does something again and again until the worker drains. It may fail while Redis is away. */
async function repeat(
  ms: number,
  { draining, report }: WorkerContext,
  work: () => Promise<void>,
): Promise<void> {
  while (!draining.aborted) {
    try {
      await work();
    } catch (error) {
      const why = withRedisFull(error, "the worker goes on");
      if (!draining.aborted) report({ type: "warning", message: `this will be tried again: ${why}` });
    }
    await pause(ms, draining);
  }
}

function aliveName(): string {
  return `${hostname()}:${process.pid}`;
}

async function noteAlive(redis: Redis, { prefix }: FleetQueue): Promise<void> {
  await redis.zadd(workersKey(prefix), Date.now(), aliveName());
}

function drainOnSignals(drain: () => Promise<void>, closed: Promise<void>): void {
  const stop = (): void => void drain().catch(() => {});
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, stop);
    void closed.catch(() => {}).finally(() => process.off(signal, stop));
  }
}
