import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { Broker } from "./broker.ts";
import {
  allRight,
  call,
  partsAndRepeats,
  partsSent,
  putLarge,
  putManyAndLarge,
  randomOf,
  replaceDuringMove,
  SECRET,
} from "./moves-rig.ts";
import { pattern, stored, unfinished, unfinishedIds } from "./objects.ts";
import { CONSUMERS, endedWithDuplicates, withoutResponse } from "./queue-rig.ts";
import { type Cos, FIGURES, MiB, startCos, startWorker, temporaryDirectory, type Worker } from "./rig.ts";

const SEED = Number(process.env.COSUP_SEED ?? 20_261);
const CRASHES = 10;
const OBJECTS = 200;
const LARGE_MIB = FIGURES ? 256 : 128;
/** So small that a range has five parts, and a batch six objects. */
const BUDGET = 30;
/** What a crash costs in the test. Each part takes far less, so that no duplicate takes over a range that is being sent. */
const LEASE_S = 5;

let cos: Cos;
let broker: Broker;
let worker: Worker;
const persist = temporaryDirectory();

async function start(leaseSeconds = 60): Promise<void> {
  worker = await startWorker("queue", {
    persist,
    bindings: {
      ...cos.bindings,
      MOVE_SECRET: SECRET,
      SUBREQUEST_BUDGET: String(BUDGET),
      DEAD_QUEUE: "dead",
      LEASE_SECONDS: String(leaseSeconds),
    },
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
  broker = new Broker(CONSUMERS, randomOf(SEED), 2);
  await start();
  cos.forget();
});
afterEach(async () => {
  broker.stop();
  cos.interfere(undefined);
  await worker.stop();
});

describe("crashes", () => {
  const what = `${OBJECTS} objects and one of ${LARGE_MIB} MiB, all messages delivered twice`;

  test(`${what}, ${CRASHES} crashes (seed ${SEED})`, { timeout: 600_000, retry: 0 }, async () => {
    await worker.stop();
    await start(LEASE_S);
    const random = randomOf(SEED);
    const objects = await putManyAndLarge(await worker.r2(), "all/", OBJECTS, LARGE_MIB);
    cos.interfere(async ({ operation }, next) => {
      await pause(operation === "UploadPart" ? 150 : 40);
      return next();
    });
    const partCount = (LARGE_MIB * MiB) / (8 * MiB);
    const sent = (): number =>
      cos.calls.filter(({ operation, acknowledged }) => acknowledged && operation === "UploadPart").length;
    const since = performance.now();
    expect(
      await call(worker, "POST", "moves", { id: "chaos", prefix: "all/", targetPrefix: "here/" }),
    ).toMatchObject({
      status: 202,
    });
    let kills = 0;
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      while (sent() < (crash * partCount) / (CRASHES + 2)) await pause(5);
      await pause(random() * 100);
      if (crash % 2 === 0) {
        kills += 1;
        broker.worker = undefined;
        await worker.kill();
        await start(LEASE_S);
      } else {
        await broker.crash(crash === 1 ? "objects" : "parts");
      }
    }
    const status = await endedWithDuplicates(worker, broker, "chaos");
    const seconds = (performance.now() - since) / 1000;
    expect(status, status.text).toMatchObject({
      state: "done",
      objects: OBJECTS + 1,
      done: OBJECTS + 1,
      failed: 0,
    });
    await allRight(cos, objects, (key) => key.replace("all/", "here/"));
    // A kill during Initiate leaves an upload that may be of another program: none is left that is not reported.
    expect(await unfinishedIds(cos)).toEqual(status.unsureUploads.map(({ uploadId }) => uploadId).sort());
    expect(broker.dead).toEqual([]);
    const { parts, again } = partsAndRepeats(cos);
    const puts = cos.count("PutObject");
    const crashed = { parts: broker.crashed.get("parts") ?? 0, objects: broker.crashed.get("objects") ?? 0 };
    console.log(
      `figure: queue: ${what}: ${kills} kills and ${CRASHES - kills} throws ended ${crashed.parts} part ranges and ` +
        `${crashed.objects} batches of ${broker.deliveries} deliveries; ${parts} parts, ${again} sent again ` +
        `(limit ${CRASHES * CONSUMERS.parts.concurrency}); ${puts} PUTs of ${OBJECTS} objects, ` +
        `${cos.count("HeadObject")} HEADs; ${seconds.toFixed(1)} s`,
    );
    expect(parts).toBe(partCount);
    // One part for each consumer that was sending: no more than crashes × consumers.
    expect(again).toBeLessThanOrEqual(crashed.parts);
    expect(crashed.parts).toBeLessThanOrEqual(CRASHES * CONSUMERS.parts.concurrency);
    expect(cos.count("CompleteMultipartUpload")).toBeLessThanOrEqual(1 + kills);
  });
});

describe("what a queue may do", () => {
  test("a part range that comes first begins the upload, and an old one does nothing", async () => {
    const blocks = [pattern(20 * MiB, 5)];
    await putLarge(await worker.r2(), "order/large", blocks);
    broker.pause("objects");
    await call(worker, "POST", "moves", { id: "order", prefix: "order/" });
    while (broker.waiting("objects").length === 0) await pause(10);
    const [large] = broker.waiting("objects") as { etag: string }[];
    const range = { ...large, kind: "range", partSize: 8 * MiB, first: 2, last: 3 };
    broker.send("parts", { ...range, etag: "another" });
    broker.send("parts", range);
    while (broker.waiting("parts").length > 0 || broker.running("parts") > 0) await pause(10);
    expect([...partsSent(cos).keys()].sort()).toEqual(["order/large 2", "order/large 3"]);
    broker.resume("objects");
    expect(await endedWithDuplicates(worker, broker, "order")).toMatchObject({ state: "done", objects: 1 });
    expect([...partsSent(cos).values()]).toEqual([1, 1, 1]);
    expect(cos.count("InitiateMultipartUpload")).toBe(1);
    expect(await stored(cos, "order/large")).toEqual({ size: 20 * MiB, crc64: await crc64Of(blocks) });
  });

  test("a lost response to Complete is resolved by HEAD", async () => {
    const blocks = [pattern(20 * MiB, 7)];
    await putLarge(await worker.r2(), "complete/large", blocks);
    const complete = withoutResponse(cos, "CompleteMultipartUpload");
    await call(worker, "POST", "moves", { id: "complete", prefix: "complete/" });
    await complete.processed;
    broker.worker = undefined;
    await worker.kill();
    complete.end();
    await start();
    expect(await endedWithDuplicates(worker, broker, "complete")).toMatchObject({
      state: "done",
      objects: 1,
    });
    expect(cos.count("CompleteMultipartUpload")).toBe(1);
    expect(await stored(cos, "complete/large")).toEqual({ size: 20 * MiB, crc64: await crc64Of(blocks) });
  });

  test("a small object whose consumer was killed after COS had it is compared, and not sent again", async () => {
    await (await worker.r2()).put("again/small", "hello");
    const put = withoutResponse(cos, "PutObject");
    await call(worker, "POST", "moves", { id: "again", prefix: "again/" });
    await put.processed;
    broker.worker = undefined;
    await worker.kill();
    put.end();
    await start();
    expect(await endedWithDuplicates(worker, broker, "again")).toMatchObject({ state: "done", objects: 1 });
    expect(cos.count("PutObject")).toBe(1);
    expect(cos.count("HeadObject")).toBeGreaterThan(0);
  });

  test("an invocation stays within its subrequests, and a batch that needs more is cut", async () => {
    broker.stop();
    const one = { concurrency: 1, maxRetries: 100 };
    broker = new Broker(
      { objects: { ...one, batchSize: 20 }, parts: { ...one, batchSize: 2 } },
      randomOf(SEED),
      1,
    );
    await worker.stop();
    await start();
    const r2 = await worker.r2();
    await putLarge(r2, "budget/large", [pattern(88 * MiB, 8)]);
    for (let index = 0; index < 100; index += 1) await r2.put(`budget/${index}`, "x");
    broker.pause("parts");
    await call(worker, "POST", "moves", { id: "budget", prefix: "budget/" });
    while (broker.waiting("parts").length < 3) await pause(10);
    while (broker.waiting("objects").length > 0 || broker.running("objects") > 0) await pause(10);
    const ofBatches = broker.subrequests;
    broker.subrequests = 0;
    broker.resume("parts");
    expect(await endedWithDuplicates(worker, broker, "budget")).toMatchObject({
      state: "done",
      objects: 101,
    });
    console.log(
      `figure: queue: ${ofBatches} subrequests of a batch, ${broker.subrequests} of a part range, of ${BUDGET}`,
    );
    for (const subrequests of [ofBatches, broker.subrequests]) {
      expect(subrequests).toBeGreaterThan(BUDGET / 2);
      expect(subrequests).toBeLessThanOrEqual(BUDGET);
    }
  });

  test("messages contain neither secrets nor upload ids, and fit into the limits of Queues", async () => {
    const r2 = await worker.r2();
    await putLarge(r2, "names/large", [pattern(48 * MiB, 8)]);
    for (let index = 0; index < 300; index += 1) await r2.put(`names/${"ü".repeat(400)}${index}`, "x");
    await call(worker, "POST", "moves", { id: "names", prefix: "names/" });
    expect(await endedWithDuplicates(worker, broker, "names")).toMatchObject({ state: "done", objects: 301 });
    const text = JSON.stringify(broker.seen);
    for (const secret of [SECRET, "uploadId", "UploadId", "SecretKey", "authorization", "q-signature"]) {
      expect(text).not.toContain(secret);
    }
    expect(broker.largest.messages).toBeLessThanOrEqual(100);
    expect(broker.largest.batch).toBeLessThanOrEqual(256_000);
    expect(broker.largest.message).toBeLessThanOrEqual(128_000);
  });
});

describe("an R2 object that is replaced during the move fails by name", () => {
  test("a large one: its upload is aborted, and the next start moves the new one", async () => {
    await (await worker.r2()).put("replaced/other", "other");
    const blocks = await replaceDuringMove(cos, worker, "moves");
    const status = await endedWithDuplicates(worker, broker, "replaced");
    expect(status).toMatchObject({ state: "failed", objects: 2, done: 1, failed: 1 });
    expect(status.text).toContain("replaced/large failed: replaced/large was replaced in R2 during the move");
    expect(await unfinished(cos)).toBe(0);
    expect(await stored(cos, "replaced/large")).toBeUndefined();
    cos.interfere(undefined);
    await call(worker, "POST", "moves", { id: "replaced", prefix: "replaced/" });
    expect(await endedWithDuplicates(worker, broker, "replaced")).toMatchObject({
      state: "done",
      objects: 2,
      done: 2,
      failed: 0,
    });
    expect(await stored(cos, "replaced/large")).toEqual({ size: 24 * MiB, crc64: await crc64Of(blocks) });
    expect(await unfinished(cos)).toBe(0);
  });

  test.each([
    ["replaced", "was replaced in R2"],
    ["deleted", "was deleted from R2"],
  ])("a small one that is %s", async (how, words) => {
    const r2 = await worker.r2();
    await r2.put(`${how}/small`, "before");
    broker.pause("objects");
    await call(worker, "POST", "moves", { id: `small-${how}`, prefix: `${how}/` });
    while (broker.waiting("objects").length === 0) await pause(10);
    if (how === "deleted") await r2.delete(`${how}/small`);
    else await r2.put(`${how}/small`, "after");
    broker.resume("objects");
    const status = await endedWithDuplicates(worker, broker, `small-${how}`);
    expect(status).toMatchObject({ state: "failed", failures: [{ key: `${how}/small` }] });
    expect(status.text).toContain(words);
    expect(await stored(cos, `${how}/small`)).toBeUndefined();
  });
});
