import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { caught } from "./caught.ts";
import { MiB, SIZE, useDownloads } from "./download-rig.ts";

const rig = useDownloads();
/** The largest chunk of a connection, whose turn is at once. */
const FIRST = 256 * 1024;

/** Milliseconds that this takes. */
async function msOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

it("downloads of a client together keep to bandwidthLimit", async () => {
  const limit = 4 * MiB;
  const { download, folder, holds, bytes } = await rig.case(undefined, { bandwidthLimit: limit });
  const other = join(folder, "other.bin");
  const ms = await msOf(() => Promise.all([download(), download({ LocalFilePath: other })]));
  // Never faster; how much slower is the machine's affair.
  expect(ms).toBeGreaterThan(((2 * SIZE - FIRST) / limit) * 1000 - 50);
  expect(await holds(bytes)).toBe(true);
  expect((await readFile(other)).equals(bytes)).toBe(true);
});

it("a range that is held back longer than responseTimeoutMs does not time out", async () => {
  // A chunk, 64 KiB or more, takes 4 s: longer than two looks at what has moved.
  const { download, holds, bytes, ranges } = await rig.case(Buffer.alloc(192 * 1024, "x"), {
    bandwidthLimit: 16 * 1024,
    responseTimeoutMs: 1_900,
  });
  await download();
  expect([await holds(bytes), ranges.length]).toEqual([true, 1]);
});

it("getObject keeps to bandwidthLimit", async () => {
  const limit = 4 * MiB;
  const { cos, Bucket, Key, bytes } = await rig.case(undefined, { bandwidthLimit: limit });
  const chunks: Uint8Array[] = [];
  const ms = await msOf(async () => {
    const { Body } = await cos.getObject({ Bucket, Key });
    for await (const chunk of Body) chunks.push(chunk);
  });
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  expect(ms).toBeGreaterThan(((SIZE - 2 * FIRST) / limit) * 1000 - 50);
});

it("an abort ends a download that is held back for minutes", async () => {
  const { download, names } = await rig.case(undefined, { bandwidthLimit: 16 * 1024 });
  const controller = new AbortController();
  const reason = new Error("enough");
  const onProgress = (): void => controller.abort(reason);
  expect(await caught(download({ signal: controller.signal, onProgress }))).toBe(reason);
  expect(await names()).toEqual([]);
});

it("connections that break go on at the limit", async () => {
  const { download, faults, holds, bytes } = await rig.case(undefined, { bandwidthLimit: 8 * MiB });
  faults([{ op: "GetObject", when: "after-100000-bytes-of-response", fault: "fin", times: "forever" }]);
  await download({ PartSize: 2 });
  expect(await holds(bytes)).toBe(true);
});
