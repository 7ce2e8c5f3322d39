import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import worker, { Worker } from "node:worker_threads";
import { type Middleware, startEmulator } from "@cosup/emulator";
import { afterEach, beforeEach, vi } from "vitest";
import type { NodeCosOptions, UploadFileParameters } from "../src/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** As users have it: a thread runs a built file. */
export const built = new URL("../dist/index.js", import.meta.url).href;
export const { createCos } = (await import(built)) as typeof import("../src/index.ts");

export const closing: (() => unknown)[] = [];
/** Every thread that a client started. */
export const started: Worker[] = [];
/** Those of them that have begun. */
export const begun: Worker[] = [];
/** Counts the threads of each test, and closes what it opened. */
export function useThreads(): void {
  beforeEach(() => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    vi.spyOn(process, "getBuiltinModule").mockImplementation(((id: string) => {
      if (id !== "node:worker_threads") return createRequire(import.meta.url)(id);
      class Counted extends Worker {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args);
          started.push(this);
          this.on("message", ({ type }) => type === "begun" && begun.push(this));
        }
      }
      return { ...worker, Worker: Counted };
    }) as typeof process.getBuiltinModule);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    started.length = 0;
    begun.length = 0;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
}

export const MiB = 1024 ** 2;
/** For a busy machine. */
export const patient = { timeoutMs: 50_000 };
export const patience = { timeout: 50_000 };
export const bytes = randomBytes(5 * MiB + 300_123);

interface Rigged {
  /** The run of faults that the client belongs to. */
  readonly run?: string;
  readonly tls?: boolean;
  readonly options?: Partial<NodeCosOptions>;
}

export async function rig({ run, tls = false, options = {} }: Rigged = {}) {
  const md5s: string[] = [];
  /** Called when COS has stored a part, before it responds. */
  const onPart: ((partNumber: string | undefined) => void)[] = [];
  const note: Middleware = async (call, next) => {
    const response = await next();
    if (call.operation !== "UploadPart") return response;
    const md5 = call.header("content-md5");
    if (md5 !== undefined) md5s.push(md5);
    for (const each of onPart) each(call.query.get("partNumber") ?? undefined);
    return response;
  };
  const emulator = await startEmulator({ faults: true, tls, middleware: [note] });
  closing.push(() => emulator.close());
  const { SecretId, ...given } = emulator.clientOptions;
  const cos = createCos({
    ...given,
    SecretId: run === undefined ? SecretId : `${SecretId}@${run}`,
    // A small budget, because files up to it are one PUT.
    memoryBudget: 4 * MiB,
    threads: 2,
    ...options,
  } as NodeCosOptions);
  closing.push(() => cos.close());
  const path = join(await temporaryDirectory(), "file.bin");
  await writeFile(path, bytes);
  const place = { Bucket: "demo-1250000000", Key: "file.bin" };
  const upload = (more?: Partial<UploadFileParameters>) =>
    cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1, ...more });
  const stored = async (): Promise<Buffer> =>
    Buffer.from(await new Response((await cos.getObject(place)).Body).arrayBuffer());
  return { emulator, cos, path, upload, stored, place, md5s, onPart };
}

/** How many descriptors of this process are of a file. */
export function descriptorsOf(path: string): number {
  return readdirSync("/proc/self/fd").filter((name) => {
    try {
      return readlinkSync(join("/proc/self/fd", name)) === path;
    } catch {
      return false;
    }
  }).length;
}
