import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorOptions, type RunningEmulator, startEmulator } from "@cosup/emulator";
import COS from "cos-nodejs-sdk-v5";

export const PLACE = { Bucket: "interop-1250000000", Region: "ap-guangzhou" };
export const KEYS = { secretId: "AKIDinterop", secretKey: "interop-secret" };
export const TEMPORARY = { secretId: "AKIDtemporary", secretKey: "temporary", token: "session-token" };
export const MiB = 1024 * 1024;

/** The emulator with a directory for local files and a maker of unpatched official clients. */
export interface Rig {
  readonly port: number;
  readonly emulator: RunningEmulator;
  readonly directory: string;
  readonly log: string[];
  client(options?: COS.COSOptions): COS;
  /** A client as in a new process: the SDK keeps the UploadIds in use in module variables. */
  strangeClient(options?: COS.COSOptions): COS;
  /** How many log lines match. */
  count(pattern: RegExp): number;
  stop(): Promise<void>;
}

export async function openRig(options: Partial<EmulatorOptions> = {}): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), "cos-interop-"));
  const log: string[] = [];
  const emulator = await startEmulator({
    data: join(directory, "cos"),
    buckets: [PLACE.Bucket],
    credentials: [KEYS, TEMPORARY],
    log: (line) => log.push(line),
    ...options,
  });
  const { port } = emulator;
  const settings: COS.COSOptions = {
    SecretId: KEYS.secretId,
    SecretKey: KEYS.secretKey,
    Protocol: "http:",
    // With Ip the SDK keeps the real virtual host in its Host header and in its signature.
    Ip: `127.0.0.1:${port}`,
    // A folder of its own for remembered UploadIds, so that tests do not share them.
    ConfCwd: directory,
  };
  return {
    port,
    emulator,
    directory,
    log,
    client: (more) => new COS({ ...settings, ...more }),
    strangeClient: (more) => new (loadAgain())({ ...settings, ...more }),
    count: (pattern) => log.filter((line) => pattern.test(line)).length,
    async stop() {
      await emulator.close();
      // The SDK may still write its file of UploadIds here.
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function loadAgain(): typeof COS {
  const load = createRequire(import.meta.url);
  for (const path of Object.keys(load.cache)) {
    if (path.includes("cos-nodejs-sdk-v5")) delete load.cache[path];
  }
  return load("cos-nodejs-sdk-v5") as typeof COS;
}

/** What the SDK rejects with. */
export interface Refusal {
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
}

export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  try {
    await promise;
  } catch (error) {
    return error as Refusal;
  }
  throw new Error("the call was expected to fail");
}

/** Uses a presigned URL: fetch cannot send another Host than the one it connects to. */
export function follow(
  port: number,
  method: string,
  url: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Record<string, string> }> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const target = {
      host: "127.0.0.1",
      port,
      method,
      path: pathname + search,
      headers: { host, ...headers },
    };
    const outgoing = request(target, async (response) => {
      let text = "";
      for await (const chunk of response) text += String(chunk);
      resolve({
        status: response.statusCode ?? 0,
        text,
        headers: response.headers as Record<string, string>,
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Bytes without a period near the part size. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index + 4 <= size; index += 4) bytes.writeUInt32LE((index * 2654435761) >>> 0, index);
  return bytes;
}
