// A redis-server, an emulator and workers in processes of their own, and their CPU. Linux only: it reads /proc.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { repository } from "../harness/paths.mjs";

export const BUCKET = "bench-1250000000";
export const MIB = 1024 ** 2;
/** @type {typeof import("@cosup/fleet")} */
export const fleet = await import(join(repository, "packages/fleet/dist/index.js"));
/** @type {typeof import("@cosup/fleet/manifest")} */
export const manifest = await import(join(repository, "packages/fleet/dist/manifest.js"));

/** A temporary folder, removed at the end. */
export async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), "cosup-bench-fleet-"));
  return { folder, close: () => rm(folder, { recursive: true, force: true }) };
}

/** @param {string} folder where the append-only file is @param {readonly string[]} settings */
export async function startRedis(folder, settings = ["--appendonly", "yes"]) {
  const port = await freePort();
  let redis = await launch();
  async function launch() {
    const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    const child = spawn("redis-server", [...own, ...settings], { stdio: "ignore" });
    const url = `redis://127.0.0.1:${port}`;
    for (;;) {
      const ready = await fleet
        .fleetStatus({ connection: url, run: "none" })
        .catch((error) => error.code === "run-unknown");
      if (ready === true) return child;
      await sleep(50);
    }
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    cpu: () => cpuSeconds(redis.pid ?? 0),
    /** Bytes of a key. */
    memoryOf: async (/** @type {string} */ key) => {
      const client = new Redis(port, "127.0.0.1");
      const bytes = await client.memory("USAGE", key, "SAMPLES", 0);
      client.disconnect();
      return bytes ?? 0;
    },
    restart: async () => {
      const ended = once(redis, "exit");
      redis.kill("SIGKILL");
      await ended;
      redis = await launch();
    },
    close: async () => {
      const ended = once(redis, "exit");
      redis.kill("SIGKILL");
      await ended;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** An emulator in a process of its own. @param {number} delayMs until it responds to an object or a part, on average */
export async function startEmulator(delayMs = 0) {
  const script = fileURLToPath(new URL("./emulator-process.mjs", import.meta.url));
  const child = fork(script, [BUCKET, String(delayMs)]);
  const [{ clientOptions }] = await once(child, "message");
  return {
    clientOptions,
    cpu: () => cpuSeconds(child.pid ?? 0),
    /** How often COS stored each object and part. @returns {Promise<{ stored: number, twice: number }>} */
    counts: async () => {
      child.send("counts");
      return (await once(child, "message"))[0];
    },
    close: () => child.kill("SIGKILL"),
  };
}

/**
 * A worker in a process of its own.
 * @param {object} options of worker-process.mjs
 * @param {(event: import("@cosup/fleet").WorkerEvent) => void} onEvent
 */
export async function startWorker(options, onEvent = () => {}) {
  const script = fileURLToPath(new URL("./worker-process.mjs", import.meta.url));
  const child = fork(script, [JSON.stringify(options)]);
  const ended = once(child, "exit");
  await once(child, "message");
  child.on("message", onEvent);
  return { child, ended, cpu: () => cpuSeconds(child.pid ?? 0), kill: () => child.kill("SIGKILL") };
}

/** Processes that send together. @typedef {{ cpu: () => number, send: (entries: readonly import("@cosup/fleet").ManifestEntry[], batchObjects?: number) => Promise<string>, close: () => Promise<void> }} Senders */

/**
 * Workers. Each `send` is a run, whose name it resolves with.
 * @param {number} count @param {{ connection: string, [name: string]: unknown }} options of worker-process.mjs
 * @returns {Promise<Senders>}
 */
export async function startWorkers(count, options) {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(options)));
  return {
    cpu: () => workers.reduce((sum, worker) => sum + worker.cpu(), 0),
    send: async (entries, batchObjects = 100) => {
      const run = await enqueue(options.connection, entries, batchObjects);
      await untilFinished(options.connection, run);
      return run;
    },
    close: () => endWorkers(workers),
  };
}

/** Ends workers in order. @param {readonly Awaited<ReturnType<typeof startWorker>>[]} workers */
export async function endWorkers(workers) {
  for (const worker of workers) worker.child.kill("SIGTERM");
  await Promise.all(workers.map(({ ended }) => ended));
}

/** Adds a run. @param {string} connection @param {Iterable<import("@cosup/fleet").ManifestEntry>} entries */
export async function enqueue(connection, entries, batchObjects = 100) {
  const place = { connection, bucket: BUCKET, batchObjects, onWarning: () => {} };
  return (await fleet.enqueueUploads(numbered(entries), place)).run;
}

/** Processes of the bare client, each with its share of the files. @param {number} count @param {object} options @returns {Promise<Senders>} */
export async function startBareClients(count, options) {
  const processes = await Promise.all(Array.from({ length: count }, () => startBare(options)));
  return {
    cpu: () => processes.reduce((sum, each) => sum + each.cpu(), 0),
    send: async (entries) => {
      const shareOf = (/** @type {number} */ place) => entries.filter((_, index) => index % count === place);
      await Promise.all(processes.map((each, place) => each.send(shareOf(place))));
      return "";
    },
    close: async () => {
      for (const { child } of processes) child.kill();
    },
  };
}

/** A process that uploads without a queue. @param {object} options */
export async function startBare(options) {
  const script = fileURLToPath(new URL("./client-process.mjs", import.meta.url));
  const child = fork(script, [JSON.stringify(options)]);
  await once(child, "message");
  return {
    child,
    cpu: () => cpuSeconds(child.pid ?? 0),
    /** Resolves when the process has uploaded them. */
    send: async (/** @type {readonly import("@cosup/fleet").ManifestEntry[]} */ entries) => {
      child.send(entries);
      await once(child, "message");
    },
  };
}

/** Seconds of CPU that a process has used, all its threads together. @param {number} pid */
export function cpuSeconds(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resolves when nothing of a run is pending. Asks seldom and with one command, because its CPU is Redis's. */
export async function untilFinished(/** @type {string} */ connection, /** @type {string} */ run) {
  const client = new Redis(connection, { maxRetriesPerRequest: null });
  while ((await client.zcard(`cosup:fleet:${run}:pending`)) > 0) await sleep(200);
  client.disconnect();
}

/** @param {Iterable<import("@cosup/fleet").ManifestEntry>} entries */
export async function* numbered(entries) {
  let line = 0;
  for (const entry of entries) {
    line += 1;
    yield { line, entry };
  }
}

/** Keys of 60 bytes. @param {number} index */
export function keyOf(index) {
  const name = `photos/2026/11/30/camera-${index % 16}/image-${String(index).padStart(9, "0")}`;
  return `${name.padEnd(56, "x")}.jpg`;
}

/**
 * Prints a figure.
 * @param {string} what @param {string} value @param {string} goal @param {boolean} isReached
 */
export function figure(what, value, goal = "", isReached = true) {
  const verdict = goal === "" ? "" : ` (to reach: ${goal}; ${isReached ? "reached" : "MISSED"})`;
  console.log(`${what}: ${value}${verdict}`);
}
