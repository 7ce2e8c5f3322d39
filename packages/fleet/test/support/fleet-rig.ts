import { createCos } from "@cosup/node";
import { Redis } from "ioredis";
import { enqueueUploads } from "../../src/jobs/enqueue.ts";
import type { EnqueueOptions } from "../../src/jobs/enqueue-options.ts";
import type { NumberedEntry } from "../../src/jobs/group-entries.ts";
import { type Ledger, ledgerOf } from "../../src/ledger/ledger.ts";
import type { StoredFailure } from "../../src/ledger/outcome.ts";
import { eachFailure, eachResult } from "../../src/ledger/read-results.ts";
import { readRun } from "../../src/ledger/run-info.ts";
import type { ManifestEntry } from "../../src/manifest/entry.ts";
import { type FleetWorker, startWorkerWith } from "../../src/worker/start-worker.ts";
import type { WorkerEvent } from "../../src/worker/worker-events.ts";
import { type MemoryCos, memoryCos } from "./memory-executors.ts";
import { type RedisServer, startRedis } from "./redis.ts";

export const BUCKET = "demo-1250000000";
export const MIB = 1024 ** 2;

/** A Redis, executors that count, and what tests do with them. */
export interface FleetRig {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly cos: MemoryCos;
  readonly events: WorkerEvent[];
  ledger(run: string): Ledger;
  enqueue(
    entries: readonly ManifestEntry[],
    options?: Partial<EnqueueOptions>,
  ): ReturnType<typeof enqueueUploads>;
  /** Starts a worker in this process that looks for lost jobs often. */
  worker(queue?: string): Promise<FleetWorker>;
  /** Resolves when nothing of the run is pending. */
  finished(run: string): Promise<void>;
  results(run: string): Promise<string[]>;
  failures(run: string): Promise<StoredFailure[]>;
  close(): Promise<void>;
}

export async function openFleetRig(settings?: readonly string[]): Promise<FleetRig> {
  const server = await startRedis(settings);
  const redis = new Redis(server.port, "127.0.0.1", { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on("error", () => {});
  const cos = memoryCos();
  const events: WorkerEvent[] = [];
  const workers: FleetWorker[] = [];
  const ledger = (run: string): Ledger => ledgerOf(redis, "cosup", run);
  return {
    server,
    redis,
    cos,
    events,
    ledger,
    enqueue: (entries, options) =>
      enqueueUploads(numbered(entries), { connection: server.url, bucket: BUCKET, ...options }),
    worker: async (queue) => {
      const worker = startWorkerWith(
        cos.executors,
        {
          connection: server.url,
          queue,
          cos: createCos({ Region: "ap-guangzhou", SecretId: "AKIDtestonly", SecretKey: "testonly" }),
          onEvent: (event) => void events.push(event),
        },
        { sweepMs: 200, graceMs: 400 },
      );
      workers.push(worker);
      await worker.ready;
      return worker;
    },
    finished: (run) => until(async () => (await redis.zcard(ledger(run).keys.pending)) === 0),
    results: async (run) => {
      const keys: string[] = [];
      for await (const { key } of eachResult(ledger(run))) keys.push(key);
      return keys.sort();
    },
    failures: async (run) => {
      const failures: StoredFailure[] = [];
      for await (const failure of eachFailure(ledger(run))) failures.push(failure);
      return failures.sort((one, other) => one.line - other.line);
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      redis.disconnect();
      await server.close();
    },
  };
}

/** Entries as `readManifest()` gives them. */
export async function* numbered(entries: readonly ManifestEntry[]): AsyncGenerator<NumberedEntry> {
  for (const [index, entry] of entries.entries()) yield { line: index + 1, entry };
}

/** Small objects. */
export function smallEntries(count: number, size = 4096): ManifestEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `small/${String(index).padStart(6, "0")}`;
    return { source: `/data/${key}`, key, size };
  });
}

/** Asks again until the response is true; the test's own timeout ends it. */
export async function until(ask: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The totals of a run. */
export async function totalsOf(
  rig: FleetRig,
  run: string,
): Promise<{ objects: number; done: number; sent: number }> {
  const info = await readRun(rig.ledger(run));
  if (info === undefined) throw new Error("no such run");
  const { objects, done, sent } = info;
  return { objects, done, sent };
}
