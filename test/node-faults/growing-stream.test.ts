import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckpointStore, CosClient } from "@cosup/core";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCRC64 } from "hash-wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";

/** Bytes that stand for one MB, so that ten thousand growing parts are 80 MB rather than 5 TB. */
const UNIT = 16;
const Bucket = "growing-1250000000";
const folder = mkdtempSync(join(tmpdir(), "growing-"));
let emulator: RunningEmulator;

beforeAll(async () => {
  emulator = await startEmulator({
    data: join(folder, "data"),
    buckets: [Bucket],
    credentials: [{ secretId: "id", secretKey: "key" }],
    minPartSize: UNIT,
  });
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function client(): CosClient {
  const runtime = createNodeRuntime();
  const defaults = { ...runtime.defaults, partUnit: UNIT, partSize: UNIT };
  const options = {
    SecretId: "id",
    SecretKey: "key",
    Region: "ap-guangzhou",
    Endpoint: `${emulator.url}/{Bucket}`,
  };
  // Getters, which a spread would call now.
  const { sha1, wasm } = runtime;
  return new CosClient({ ...runtime, ...(sha1 && { sha1 }), wasm, defaults }, options);
}

function memoryStore(): CheckpointStore {
  const texts = new Map<string, string>();
  return {
    load: async (id) => texts.get(id),
    save: async (id, text) => void texts.set(id, text),
    remove: async (id) => void texts.delete(id),
    lock: async () => ({ release: async () => {} }),
  };
}

/** What ten thousand parts hold, less a little: 2500 of 16 B, 300 of each size up to 8 KiB, the others of 16 KiB. */
const SIZE = UNIT * (2500 + 300 * 1022 + 4800 * 1024) - 5;

function* blocks(): Generator<Uint8Array> {
  const block = new Uint32Array(16 * 1024);
  for (let start = 0, index = 1; start < SIZE; start += block.byteLength, index += 1) {
    block.fill(index * 2_654_435_761);
    block[0] = index;
    yield new Uint8Array(block.buffer.slice(0), 0, Math.min(block.byteLength, SIZE - start));
  }
}

async function* stream(): AsyncGenerator<Uint8Array> {
  yield* blocks();
}

test("a stream of ten thousand growing parts is stored completely, and resumes where it was interrupted", async () => {
  const hash = (await createCRC64()).init();
  for (const block of blocks()) hash.update(block);
  const crc64 = String(BigInt(`0x${hash.digest("hex")}`));
  const checkpoints = memoryStore();
  const controller = new AbortController();
  const reason = new Error("enough");
  const upload = { Bucket, Key: "stream", MAXThread: 20, checkpoints };
  const first = client().uploadFile({
    ...upload,
    Body: stream(),
    signal: controller.signal,
    onProgress: (consumed) => consumed > SIZE / 3 && controller.abort(reason),
  });
  await expect(first).rejects.toBe(reason);
  const result = await client().uploadFile({ ...upload, Body: stream(), resume: "require" });
  expect(result).toMatchObject({ size: SIZE, crc64 });
  expect(result.ETag).toMatch(/-10000"$/);
  expect(result.partsResumed).toBeGreaterThan(5000);
  expect(result.partsResumed + result.partsSent).toBe(10_000);
}, 300_000);
