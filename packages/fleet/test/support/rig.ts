import { createCipheriv, createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Middleware, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, type NodeCosClient } from "@cosup/node";
import { digestOf } from "@cosup/node/digest";
import { failureOf, type TransferContext } from "../../src/transfer/index.ts";

export const BUCKET = "demo-1250000000";
/** A second bucket of the same emulator. */
export const OTHER_BUCKET = "other-1250000000";
export const MIB = 1024 * 1024;

/** How a call has failed, as a ledger has it. */
export const failure = async (call: Promise<unknown>): Promise<ReturnType<typeof failureOf>> =>
  failureOf(await call.catch((error: unknown) => error));

/** An emulator, a client of it, and a folder for files. */
export interface Rig {
  readonly emulator: RunningEmulator;
  readonly cos: NodeCosClient;
  readonly context: TransferContext;
  readonly folder: string;
  /** What the middleware of the emulator does now; undefined: nothing. */
  middleware: Middleware | undefined;
  /** Writes a file. @returns its path */
  file(name: string, bytes: Uint8Array): string;
  /** How many requests of this operation there were. */
  requests(operation: string): number;
  /** The object's bytes. */
  read(key: string): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "cosup-fleet-"));
  const emulator = await startEmulator({
    faults: true,
    buckets: [BUCKET, OTHER_BUCKET],
    middleware: [(call, next) => (rig.middleware === undefined ? next() : rig.middleware(call, next))],
  });
  const cos = createCos(emulator.clientOptions);
  const region = emulator.clientOptions.Region;
  const rig: Rig = {
    emulator,
    cos,
    context: { cos, bucket: BUCKET, region, signal: new AbortController().signal },
    folder,
    middleware: undefined,
    file(name, bytes) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    requests: (operation) => emulator.requests().filter((each) => each.operation === operation).length,
    async read(key) {
      const { Body } = await cos.getObject({ Bucket: BUCKET, Key: key });
      return Buffer.from(await new Response(Body).arrayBuffer());
    },
    async close() {
      await cos.close();
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

/** Bytes that look random, and are the same each time. */
export function bytesOf(seed: string, length: number): Buffer {
  const key = createHash("md5").update(seed).digest();
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** CRC64 as COS has it. */
export async function crc64Of(bytes: Uint8Array): Promise<string> {
  return (await digestOf(bytes)).crc64;
}
