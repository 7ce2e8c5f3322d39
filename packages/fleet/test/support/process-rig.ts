import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Middleware, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, type NodeCosClient } from "@cosup/node";
import { Redis } from "ioredis";
import { crc64Of } from "../../../../test/fixtures/crc64.ts";
import { pseudoRandomBytes } from "../../../../test/fixtures/pseudo-random.ts";
import { enqueueUploads } from "../../src/jobs/enqueue.ts";
import type { EnqueueOptions } from "../../src/jobs/enqueue-options.ts";
import type { ManifestEntry } from "../../src/manifest/entry.ts";
import { fleetReport, type ReportRow } from "../../src/report/report.ts";
import { type FleetStatus, fleetStatus } from "../../src/report/status.ts";
import type { WorkerEvent } from "../../src/worker/worker-events.ts";
import { numbered, until } from "./fleet-rig.ts";
import { type RedisServer, startRedis } from "./redis.ts";

export const BUCKET = "demo-1250000000";

/** A worker process. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly events: WorkerEvent[];
  /** Resolves with the exit code or the signal. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

/** A Redis, an emulator, and worker processes. */
export interface ProcessRig {
  readonly server: RedisServer;
  readonly redis: Redis;
  readonly emulator: RunningEmulator;
  readonly cos: NodeCosClient;
  /** `PutObject KEY` or `UploadPart KEY NUMBER` → how often COS stored it. */
  readonly stored: Map<string, number>;
  /** Milliseconds that COS takes for each object and part. */
  slowMs: number;
  /** When COS has stored this many objects and parts, it holds further requests until this is higher. */
  holdAt: number;
  /** Called when COS has carried a request out, before it responds. */
  onRequest: (request: { readonly operation: string; readonly key: string }) => void;
  readonly workers: WorkerProcess[];
  worker(options?: { readonly poison?: string; readonly drainMs?: number }): Promise<WorkerProcess>;
  /** Writes files of random bytes. */
  files(count: number, size: number, name: string): Promise<ManifestEntry[]>;
  enqueue(entries: readonly ManifestEntry[], options?: Partial<EnqueueOptions>): Promise<string>;
  status(run: string): Promise<FleetStatus>;
  finished(run: string): Promise<void>;
  report(run: string): Promise<ReportRow[]>;
  close(): Promise<void>;
}

export async function openProcessRig(settings?: readonly string[]): Promise<ProcessRig> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-fleet-"));
  const server = await startRedis(settings);
  const redis = new Redis(server.port, "127.0.0.1", { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  const stored = new Map<string, number>();
  const note: Middleware = async (call, next) => {
    await until(() => stored.size < rig.holdAt);
    const response = await next();
    const { operation, key } = call;
    rig.onRequest({ operation: String(operation), key: key ?? "" });
    if (operation !== "PutObject" && operation !== "UploadPart") return response;
    const number = operation === "UploadPart" ? ` ${call.query.get("partNumber")}` : "";
    const name = `${operation} ${key}${number}`;
    if (response.status === 200) stored.set(name, (stored.get(name) ?? 0) + 1);
    if (rig.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, rig.slowMs));
    return response;
  };
  const emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [BUCKET],
    middleware: [note],
  });
  const cos = createCos(emulator.clientOptions);
  const place = (run: string) => ({ connection: server.url, run });
  const rig: ProcessRig = {
    ...{ server, redis, emulator, cos, stored, workers: [] },
    ...{ slowMs: 0, holdAt: Infinity, onRequest: () => {} },
    worker: async (options = {}) => {
      const worker = await startProcess({ redis: server.url, cos: emulator.clientOptions, ...options });
      rig.workers.push(worker);
      return worker;
    },
    files: (count, size, name) => writeFiles(join(folder, name), count, size, name),
    enqueue: async (entries, options) => {
      const place = { connection: server.url, bucket: BUCKET, onWarning: () => {} };
      return (await enqueueUploads(numbered(entries), { ...place, ...options })).run;
    },
    status: (run) => fleetStatus(place(run)),
    finished: (run) =>
      until(async () => (await fleetStatus(place(run)).catch(() => undefined))?.isFinished === true),
    report: async (run) => {
      const rows: ReportRow[] = [];
      for await (const row of fleetReport(place(run))) rows.push(row);
      return rows;
    },
    close: async () => {
      for (const worker of rig.workers) worker.kill("SIGKILL");
      await Promise.all(rig.workers.map(({ ended }) => ended));
      redis.disconnect();
      await emulator.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

async function startProcess(options: object): Promise<WorkerProcess> {
  const script = fileURLToPath(new URL("./worker-process.mjs", import.meta.url));
  const child = fork(script, [JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
  });
  const events: WorkerEvent[] = [];
  const ended = once(child, "exit").then(([code, signal]) => (signal ?? code) as number | string);
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (event: WorkerEvent | { type: "ready" }) => {
      if (event.type === "ready") resolve();
      else events.push(event);
    });
    void ended.then((code) => reject(new Error(`the worker ended with ${code}`)));
  });
  await ready;
  return { child, events, ended, kill: (signal) => void child.kill(signal) };
}

async function writeFiles(
  folder: string,
  count: number,
  size: number,
  name: string,
): Promise<ManifestEntry[]> {
  await mkdir(folder, { recursive: true });
  const entries: ManifestEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const source = join(folder, `${index}.bin`);
    await writeFile(source, pseudoRandomBytes(size, index + 1));
    entries.push({ source, key: `${name}/${index}.bin`, size });
  }
  return entries;
}

/** CRC64 of the bytes that {@link ProcessRig.files} wrote, computed here. */
export function expectedCrc64(size: number, index: number): Promise<string> {
  return crc64Of([pseudoRandomBytes(size, index + 1)]);
}
