import { CosClient, createCos, type NodeCosOptions } from "@cosup/node";
import type { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { openQueue } from "../jobs/queue.ts";
import { RestartWatch } from "../ledger/notice-restart.ts";
import { checkServer } from "../redis/check-server.ts";
import { connectRedis } from "../redis/connect.ts";
import { withRedisRefusal } from "../redis/redis-refusal.ts";
import { watchSilence } from "../redis/watch-silence.ts";
import { noteAlive } from "./alive.ts";
import { isAllFinished } from "./all-finished.ts";
import type { Executors } from "./executors.ts";
import { KnownUploads } from "./known-uploads.ts";
import { openBullWorker, takeJobs } from "./open-bull-worker.ts";
import { RunSettingsCache } from "./run-settings-cache.ts";
import { type SweepTimes, sweep } from "./sweep.ts";
import { pause, Throttle } from "./throttle.ts";
import type { WorkerContext } from "./worker-context.ts";
import type { CheckedOptions, WorkerOptions } from "./worker-options.ts";

const ALIVE_MS = 5_000;
/** Milliseconds between two questions whether all is finished. */
const FINISHED_MS = 1_000;

/** What a worker holds while it runs. */
export interface OpenWorker {
  readonly context: WorkerContext;
  readonly bull: Worker;
  readonly redis: Redis;
  readonly start: (times: SweepTimes) => Promise<void>;
  /** Closes the client, if it is the worker's own, and looks no more whether Redis responds. */
  readonly closeClient: () => void;
}

/** Connects to Redis and checks it; `start` then takes jobs, and looks after what other workers have lost. */
export async function openWorker(
  executors: Executors,
  options: WorkerOptions,
  { jobsAtOnce, objectsAtOnce, rangeBytes, report }: CheckedOptions,
  {
    finish,
    ...ending
  }: Pick<WorkerContext, "draining" | "stopping" | "giveUp"> & {
    readonly finish: () => void;
  },
): Promise<OpenWorker> {
  const redis = await openRedis(options, report);
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
  const endWatch = watchSilence(redis, (message) => report({ type: "warning", message }));
  const runs = new RunSettingsCache(redis, queue.prefix);
  const bull = openBullWorker(context, runs, jobsAtOnce);
  const start = async (times: SweepTimes): Promise<void> => {
    await takeJobs(bull, context);
    void repeat(times.sweepMs, context, () => sweep(context, times));
    void repeat(ALIVE_MS, context, () => noteAlive(redis, queue));
    void repeat(ALIVE_MS, context, () => known.publish());
    const which = options.untilFinished;
    if (which === undefined || which === false) return;
    void repeat(FINISHED_MS, context, async () => {
      if (await isAllFinished(context, which)) finish();
    });
  };
  const close = (): void => {
    endWatch();
    closeClient();
  };
  return { context, bull, redis, start, closeClient: close };
}

async function openRedis({ connection }: WorkerOptions, report: WorkerContext["report"]): Promise<Redis> {
  const redis = await connectRedis(connection, "cosup-worker");
  try {
    for (const message of (await checkServer(redis)).warnings) report({ type: "warning", message });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return redis;
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
      const why = withRedisRefusal(error, "the worker goes on");
      if (!draining.aborted) report({ type: "warning", message: `this will be tried again: ${why}` });
    }
    await pause(ms, draining);
  }
}
