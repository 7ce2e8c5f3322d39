import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Middleware, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { MINIFLARE } from "./differences.mjs";

export const Bucket = "examplebucket-1250000000";
export const MiB = 1024 * 1024;
/** The long runs, with the sizes of the published figures. */
export const FIGURES = process.env.COSUP_FIGURES === "1";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** The folder below tools/ with the miniflare of this run. */
const TOOLS = MINIFLARE === "5" ? "workers-5" : "workers";
const require = createRequire(join(root, "tools", TOOLS, "package.json"));

/** The members of miniflare that the tests use. It is installed outside the workspaces. */
export interface Miniflare {
  readonly ready: Promise<URL>;
  unsafeGetDirectURL(): Promise<URL>;
  getR2Bucket(name: string): Promise<R2>;
  getBindings(): Promise<{
    WORKFLOWS: {
      get(id: string): Promise<{ sendEvent(event: { type: string; payload: object }): Promise<void> }>;
    };
  }>;
  getWorker(): Promise<{ queue(name: string, messages: readonly object[]): Promise<unknown> }>;
  dispose(): Promise<void>;
}
export interface R2 {
  put(key: string, value: Uint8Array | string): Promise<unknown>;
  delete(key: string): Promise<void>;
  createMultipartUpload(key: string): Promise<R2Upload>;
}
interface R2Upload {
  uploadPart(partNumber: number, value: Uint8Array): Promise<{ partNumber: number; etag: string }>;
  complete(parts: { partNumber: number; etag: string }[]): Promise<unknown>;
}

const {
  Miniflare: MiniflareClass,
  Response: MiniflareResponse,
  // miniflare 5 has other options than 4, and this translation.
  convertV4MiniflareOptions: ofThisVersion = (options) => options,
} = require("miniflare") as {
  Miniflare: new (options: object) => Miniflare;
  Response: new (body: string | null, init?: ResponseInit) => unknown;
  convertV4MiniflareOptions?: (options: object) => object;
};

/** The version of a package that this run has. */
export function installedVersion(name: string): string {
  const path = join(root, "tools", TOOLS, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

/** A response of a service binding that Node serves. */
export function serviceResponse(body: string | null, init?: ResponseInit): unknown {
  return new MiniflareResponse(body, init);
}

export function bundleDirectory(name: string): string {
  return join(root, ".cache", TOOLS, name);
}

/** The modules of a bundle: its script first, then its WASM. */
function modulesOf(name: string): object[] {
  const directory = bundleDirectory(name);
  const files = readdirSync(directory);
  const wasm = files.filter((file) => file.endsWith(".wasm"));
  return [
    { type: "ESModule", path: join(directory, files.find((file) => file.endsWith(".js")) ?? "") },
    ...wasm.map((file) => ({ type: "CompiledWasm", path: join(directory, file) })),
  ];
}

export interface WorkerOptions {
  readonly bindings?: Record<string, string>;
  /** Further options of miniflare. */
  readonly more?: object;
  /** Directory that outlives the instance. */
  readonly persist?: string;
}

/** Bindings and classes of the bundles whose Durable Objects are not those of the example. */
const DURABLE_OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  probe: { SHELF: "Shelf" },
  queue: { MOVES: "Move", LARGE_OBJECTS: "LargeObject" },
  moves: { MOVES: "Move", LARGE_OBJECTS: "LargeObject" },
  edges: { OBJECTS: "Edge" },
};

/** Starts workerd with a bundle, reached without miniflare's own Worker in between. */
export async function startWorker(name: string, options: WorkerOptions = {}): Promise<Worker> {
  const { persist } = options;
  const durable = DURABLE_OBJECTS[name] ?? { MOVES: "Move" };
  const given = {
    modules: modulesOf(name),
    modulesRoot: bundleDirectory(name),
    compatibilityDate: "2026-04-01",
    bindings: options.bindings ?? {},
    r2Buckets: ["R2"],
    durableObjects: Object.fromEntries(
      Object.entries(durable).map(([binding, className]) => [binding, { className, useSQLite: true }]),
    ),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    // The name of it in miniflare 4, and in 5.
    ...(persist === undefined ? {} : { defaultPersistRoot: persist, resourcePersistencePath: persist }),
    ...options.more,
  };
  const miniflare = new MiniflareClass(ofThisVersion(given));
  await miniflare.ready;
  return new Worker(miniflare, await miniflare.unsafeGetDirectURL());
}

/** A workerd process with one Worker in it. */
export class Worker {
  readonly miniflare: Miniflare;
  readonly url: URL;
  readonly #pid: number;

  constructor(miniflare: Miniflare, url: URL) {
    this.miniflare = miniflare;
    this.url = url;
    const children = execFileSync("pgrep", ["-n", "-P", String(process.pid), "workerd"], {
      encoding: "utf8",
    });
    this.#pid = Number(children.trim());
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, this.url), init);
  }

  r2(): Promise<R2> {
    return this.miniflare.getR2Bucket("R2");
  }

  /** Bytes of memory that the whole process occupies. */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }

  /** Milliseconds of CPU that the whole process has used. */
  cpuMs(): number {
    const [utime, stime] =
      readFileSync(`/proc/${this.#pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11) ?? [];
    return (Number(utime) + Number(stime)) * 10;
  }

  /** Kills workerd. */
  kill(): Promise<void> {
    process.kill(this.#pid, "SIGKILL");
    return this.stop();
  }

  stop(): Promise<void> {
    return this.miniflare.dispose();
  }
}

/** What the emulator has seen. */
export class Cos {
  readonly emulator: RunningEmulator;
  readonly directory: string;
  readonly #seen: Seen;

  constructor(emulator: RunningEmulator, directory: string, seen: Seen) {
    this.emulator = emulator;
    this.directory = directory;
    this.#seen = seen;
  }

  get endpoint(): string {
    return `${this.emulator.url}/{Bucket}`;
  }

  /** Bindings that point the example's Worker at this emulator. */
  get bindings(): Readonly<Record<string, string>> {
    return { COS_BUCKET: Bucket, COS_ENDPOINT: this.endpoint, COS_SECRET_ID: "id", COS_SECRET_KEY: "key" };
  }

  /** Requests served or being served, in the order of arrival. */
  get calls(): readonly SeenCall[] {
    return this.#seen.calls;
  }

  /** The largest number of parallel requests since {@link forget}. */
  get atOnce(): number {
    return this.#seen.atOnce;
  }

  count(operation: string): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  /** Waits until COS has responded to such a request. One that has only arrived has changed nothing yet. */
  async whenAcknowledged(operation: string): Promise<void> {
    const isThere = (): boolean =>
      this.calls.some((call) => call.operation === operation && call.acknowledged);
    while (!isThere()) await pause(20);
  }

  forget(): void {
    this.#seen.calls.length = 0;
    this.#seen.atOnce = this.#seen.open;
  }

  /** Sets a middleware for the following requests; undefined removes it. */
  interfere(middleware: Middleware | undefined): void {
    this.#seen.interference = middleware;
  }

  async stop(): Promise<void> {
    await this.emulator.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface SeenCall {
  readonly operation: string;
  readonly key: string;
  readonly partNumber: number;
  /** Set when the response was a success. */
  acknowledged: boolean;
}

interface Seen {
  readonly calls: SeenCall[];
  open: number;
  atOnce: number;
  interference: Middleware | undefined;
}

export async function startCos(): Promise<Cos> {
  const seen: Seen = { calls: [], open: 0, atOnce: 0, interference: undefined };
  const watch: Middleware = async (call, next) => {
    const partNumber = Number(call.query.get("partNumber") ?? 0);
    const seenCall: SeenCall = { operation: call.operation, key: call.key, partNumber, acknowledged: false };
    seen.calls.push(seenCall);
    seen.open += 1;
    seen.atOnce = Math.max(seen.atOnce, seen.open);
    try {
      const response = seen.interference === undefined ? await next() : await seen.interference(call, next);
      seenCall.acknowledged = response.status < 300;
      return response;
    } finally {
      seen.open -= 1;
    }
  };
  const directory = temporaryDirectory();
  const emulator = await startEmulator({
    data: directory,
    buckets: [Bucket],
    credentials: [{ secretId: "id", secretKey: "key" }],
    middleware: [watch],
  });
  return new Cos(emulator, directory, seen);
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "cosup-workers-"));
}
