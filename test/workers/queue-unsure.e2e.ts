import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { Broker } from "./broker.ts";
import { call, putLarge, randomOf, SECRET } from "./moves-rig.ts";
import { observer, pattern, stored, unfinishedIds } from "./objects.ts";
import { CONSUMERS, endedWithDuplicates, withoutResponse } from "./queue-rig.ts";
import { Bucket, type Cos, MiB, startCos, startWorker, temporaryDirectory, type Worker } from "./rig.ts";

let cos: Cos;
let broker: Broker;
let worker: Worker;
const persist = temporaryDirectory();

async function start(): Promise<void> {
  worker = await startWorker("queue", {
    persist,
    bindings: { ...cos.bindings, MOVE_SECRET: SECRET, SUBREQUEST_BUDGET: "30", DEAD_QUEUE: "dead" },
    more: { serviceBindings: { BROKER: (request: Request) => broker.serve(request) } },
  });
  broker.worker = worker;
}

beforeAll(async () => {
  cos = await startCos();
});
afterAll(async () => {
  await cos.stop();
  rmSync(persist, { recursive: true, force: true });
});
beforeEach(async () => {
  // No duplicates: each start of the move begins one upload, so that the requests can be counted.
  broker = new Broker(CONSUMERS, randomOf(20_261), 1);
  await start();
  cos.forget();
});
afterEach(async () => {
  broker.stop();
  cos.interfere(undefined);
  await worker.stop();
});

describe("a consumer killed before it has the upload id", { retry: 0 }, () => {
  /** Kills the process while Initiate is under way. @returns another program's uploads: one is older, one is not */
  async function killedInInitiate(key: string, move: string): Promise<{ older: string; newer: string }> {
    const theirs = async (): Promise<string> =>
      (await observer(cos).createMultipartUpload({ Bucket, Key: key })).UploadId;
    const older = await theirs();
    const initiate = withoutResponse(cos, "InitiateMultipartUpload");
    await call(worker, "POST", "moves", { id: move, prefix: `${move}/` });
    await initiate.processed;
    broker.worker = undefined;
    await worker.kill();
    initiate.end();
    return { older, newer: await theirs() };
  }

  async function abortAll(Key: string): Promise<void> {
    for (const UploadId of await unfinishedIds(cos))
      await observer(cos).abortMultipartUpload({ Bucket, Key, UploadId });
  }

  test("touches no upload of another program, and reports what may be its own", async () => {
    const blocks = [pattern(20 * MiB, 6)];
    await putLarge(await worker.r2(), "orphan/large", blocks);
    const { older, newer } = await killedInInitiate("orphan/large", "orphan");
    const before = await unfinishedIds(cos);
    expect(before).toHaveLength(3);
    await start();
    const status = await endedWithDuplicates(worker, broker, "orphan");
    // The one that the kill has left is there too. The one whose id is known is completed.
    expect(await unfinishedIds(cos)).toEqual(before);
    expect(status).toMatchObject({ state: "done", objects: 1, unsure: 2 });
    expect(await stored(cos, "orphan/large")).toEqual({ size: 20 * MiB, crc64: await crc64Of(blocks) });
    expect(status.unsureUploads.map(({ uploadId }) => uploadId).sort()).toEqual(
      before.filter((id) => id !== older),
    );
    const hint = `cosup uploads abort cos://${Bucket}/orphan/large --upload-id ${newer}`;
    expect(status.text).toContain("2 unfinished uploads are unsure");
    expect(status.text).toContain(`orphan/large, upload id ${newer}: ${hint}`);
    await abortAll("orphan/large");
  });

  test("aborts nothing when the object fails, and says so when COS cannot be asked", async () => {
    const r2 = await worker.r2();
    await putLarge(r2, "gone/large", [pattern(20 * MiB, 6)]);
    const { older } = await killedInInitiate("gone/large", "gone");
    const before = await unfinishedIds(cos);
    cos.interfere(async ({ operation }, next) =>
      operation === "ListMultipartUploads" ? { status: 403, headers: {} } : next(),
    );
    await start();
    const status = await endedWithDuplicates(worker, broker, "gone");
    expect(status).toMatchObject({ state: "failed", failed: 1, unsure: 1 });
    const hint = `cosup uploads ls cos://${Bucket}/gone/large`;
    expect(status.unsureUploads).toEqual([{ key: "gone/large", uploadId: null, hint }]);
    expect(status.text).toContain(`gone/large, unknown id: ${hint}`);
    cos.interfere(undefined);
    expect(await unfinishedIds(cos)).toEqual(before);
    // The next start asks COS again, and fails for another reason. Its own upload is aborted.
    cos.interfere(async ({ operation }, next) =>
      operation === "UploadPart" ? { status: 403, headers: {} } : next(),
    );
    await call(worker, "POST", "moves", { id: "gone", prefix: "gone/" });
    const again = await endedWithDuplicates(worker, broker, "gone");
    expect(again).toMatchObject({ state: "failed", failed: 1, unsure: 2 });
    expect(again.unsureUploads.map(({ uploadId }) => uploadId).sort()).toEqual(
      before.filter((id) => id !== older),
    );
    expect(cos.count("AbortMultipartUpload")).toBe(1);
    expect(await unfinishedIds(cos)).toEqual(before);
    await abortAll("gone/large");
  });
});

test("a delivery that was under way when its object failed begins no other upload", {
  retry: 0,
}, async () => {
  await putLarge(await worker.r2(), "twice/large", [pattern(20 * MiB, 6)]);
  let refuse = (): void => {};
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  let initiates = 0;
  cos.interfere(async ({ operation }, next) => {
    if (operation !== "InitiateMultipartUpload") return next();
    initiates += 1;
    if (initiates > 1) return next();
    await refused;
    return { status: 403, headers: {} };
  });
  await call(worker, "POST", "moves", { id: "twice", prefix: "twice/" });
  while (initiates === 0) await pause(5);
  const before = broker.deliveries;
  broker.send("objects", broker.seen.at(-1));
  while (broker.deliveries === before) await pause(5);
  // The second delivery asks the ledger, and waits for the first one.
  await pause(300);
  refuse();
  expect(await endedWithDuplicates(worker, broker, "twice")).toMatchObject({ state: "failed", failed: 1 });
  expect(initiates).toBe(1);
  expect(await unfinishedIds(cos)).toEqual([]);
  // Another start is another round.
  cos.interfere(undefined);
  await call(worker, "POST", "moves", { id: "twice", prefix: "twice/" });
  expect(await endedWithDuplicates(worker, broker, "twice")).toMatchObject({ state: "done", failed: 0 });
});
