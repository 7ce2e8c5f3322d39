import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultControl, type StartOptions, startEmulator } from "../src/index.ts";
import { type Ask, BUCKET, exchange, KEYS, rawExchange, type TestResponse } from "./requests.ts";

export {
  type Ask,
  authorize,
  BUCKET,
  HOST,
  KEYS,
  md5,
  queryText,
  type TestResponse,
  textIn,
  textsIn,
} from "./requests.ts";

const DAY_MS = 86_400_000;

/** A running emulator with a clock that only the test moves. */
export interface Rig {
  readonly port: number;
  readonly data: string;
  readonly log: string[];
  readonly faults: FaultControl;
  readonly controlToken: string;
  nowMs: number;
  ask(ask: Ask): Promise<TestResponse>;
  /** Sends raw bytes, half-closes the connection if asked to, and returns everything that comes back. */
  raw(bytes: string | Uint8Array, after?: "stay" | "half-close"): Promise<string>;
  /** Files that hold object data. */
  dataFiles(): Promise<string[]>;
  restart(options?: Partial<StartOptions>): Promise<void>;
  /** Ends the emulator, and leaves its data. */
  close(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRig(options: Partial<StartOptions> = {}): Promise<Rig> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "cos-emulator-")));
  const log: string[] = [];
  const start = (more: Partial<StartOptions> = {}) =>
    startEmulator({
      data,
      buckets: [BUCKET],
      credentials: [KEYS],
      now: () => rig.nowMs,
      log: (line) => log.push(line),
      ...options,
      ...more,
    });
  let running: Awaited<ReturnType<typeof startEmulator>> | undefined;
  const port = () => running?.port ?? 0;
  const rig: Rig = {
    get port() {
      return port();
    },
    get faults() {
      if (!running) throw new Error("the emulator has not started");
      return running.faults;
    },
    get controlToken() {
      return running?.controlToken ?? "";
    },
    data,
    log,
    nowMs: 20_000 * DAY_MS,
    ask: (ask) => exchange(port(), ask, Math.floor(rig.nowMs / 1000)),
    raw: (bytes, after) => rawExchange(port(), bytes, after),
    dataFiles: () => readdir(join(data, "data")),
    async restart(more) {
      await rig.close();
      running = await start(more);
    },
    async close() {
      await running?.close();
      running = undefined;
    },
    async stop() {
      await running?.close();
      await rm(data, { recursive: true, force: true });
    },
  };
  running = await start();
  return rig;
}
