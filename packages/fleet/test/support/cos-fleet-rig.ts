import type { NodeCosOptions } from "@cosup/node";
import { Redis } from "ioredis";
import { enqueueUploads } from "../../src/jobs/enqueue.ts";
import type { EnqueueOptions } from "../../src/jobs/enqueue-options.ts";
import { type Ledger, ledgerOf } from "../../src/ledger/ledger.ts";
import type { ManifestEntry } from "../../src/manifest/entry.ts";
import { fleetReport, type ReportRow } from "../../src/report/report.ts";
import { type FleetStatus, fleetStatus } from "../../src/report/status.ts";
import * as transfer from "../../src/transfer/index.ts";
import { type FleetWorker, startWorkerWith } from "../../src/worker/start-worker.ts";
import type { WorkerEvent } from "../../src/worker/worker-events.ts";
import type { WorkerOptions } from "../../src/worker/worker-options.ts";
import { numbered, until } from "./fleet-rig.ts";
import { type RedisServer, startRedis } from "./redis.ts";
import { BUCKET, openRig, type Rig } from "./rig.ts";

/** A Redis, an emulator with faults, and workers in this process that send to it and look often for what was lost. */
export interface CosFleetRig extends Rig {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly events: WorkerEvent[];
  ledger(run: string): Ledger;
  worker(cos?: Partial<NodeCosOptions>, options?: Partial<WorkerOptions>): Promise<FleetWorker>;
  enqueue(entries: readonly ManifestEntry[], options?: Partial<EnqueueOptions>): Promise<string>;
  finished(run: string): Promise<void>;
  status(run: string): Promise<FleetStatus>;
  report(run: string): Promise<ReportRow[]>;
  /** Kills Redis and starts it again. */
  restartRedis(): Promise<void>;
}

export async function openCosFleetRig(settings?: readonly string[]): Promise<CosFleetRig> {
  const rig = await openRig();
  const server = await startRedis(settings);
  const redis = new Redis(server.port, "127.0.0.1", { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on("error", () => {});
  const events: WorkerEvent[] = [];
  const workers: FleetWorker[] = [];
  const place = (run: string) => ({ connection: server.url, run });
  const own = {
    server,
    redis,
    events,
    ledger: (run: string) => ledgerOf(redis, "cosup", run),
    worker: async (cos: Partial<NodeCosOptions> = {}, options: Partial<WorkerOptions> = {}) => {
      const worker = startWorkerWith(
        transfer,
        {
          connection: server.url,
          cos: { ...rig.emulator.clientOptions, ...cos },
          onEvent: (event) => void events.push(event),
          ...options,
        },
        { sweepMs: 200, graceMs: 400 },
      );
      workers.push(worker);
      await worker.ready;
      return worker;
    },
    enqueue: async (entries: readonly ManifestEntry[], options?: Partial<EnqueueOptions>) => {
      const to = { connection: server.url, bucket: BUCKET, onWarning: () => {} };
      return (await enqueueUploads(numbered(entries), { ...to, ...options })).run;
    },
    finished: (run: string) =>
      until(async () => (await fleetStatus(place(run)).catch(() => undefined))?.isFinished === true),
    status: (run: string) => fleetStatus(place(run)),
    report: async (run: string) => {
      const rows: ReportRow[] = [];
      for await (const row of fleetReport(place(run))) rows.push(row);
      return rows;
    },
    restartRedis: async () => {
      await server.kill();
      await server.start();
    },
  };
  const closeRig = rig.close.bind(rig);
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close()));
    redis.disconnect();
    await server.close();
    await closeRig();
  };
  // Not a copy: the emulator reads the middleware from the object that was opened.
  return Object.assign(rig, own, { close });
}
