import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readRun } from "../src/ledger/run-info.ts";
import { type FleetRig, MIB, openFleetRig, smallEntries, totalsOf, until } from "./support/fleet-rig.ts";
import { throttled } from "./support/memory-executors.ts";
import { hasRedis } from "./support/redis.ts";

const slowly = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3));
const LARGE = { source: "/data/big", key: "big", size: 200 * MIB };

describe.skipIf(!hasRedis)("Redis is killed and started again", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  test("with an append-only file nothing is lost and nothing is sent twice", async () => {
    rig = await openFleetRig();
    rig.cos.before = slowly;
    const { run } = await rig.enqueue([...smallEntries(1500), LARGE], { batchObjects: 20 });
    await rig.worker();
    await until(() => rig.cos.sent.size > 200);
    await rig.server.kill();
    await rig.server.start();
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 1501, done: 1501, sent: 1501 });
    expect([...rig.cos.sent.values()].every((times) => times === 1)).toBe(true);
    expect([...rig.cos.parts.values()].every((times) => times === 1)).toBe(true);
    expect(rig.cos.uploads.size).toBe(0);
  });

  test("without one, the run is gone; enqueued again with recover, only what COS does not hold is sent", async () => {
    rig = await openFleetRig(["--appendonly", "no"]);
    rig.cos.before = slowly;
    const manifest = smallEntries(1000);
    const { run } = await rig.enqueue(manifest, { batchObjects: 20, onWarning: () => {} });
    // A worker that has jobs in hand while their ids are used again.
    await rig.worker();
    await until(() => rig.cos.sent.size > 200);
    await rig.server.kill();
    await rig.server.start();
    const again = await rig.enqueue(manifest, { run, batchObjects: 20, recover: true, onWarning: () => {} });
    expect(again).toEqual({ run, objects: 1000, jobs: 50 });
    await rig.finished(run);
    const { objects, done, sent } = await totalsOf(rig, run);
    expect([objects, done]).toEqual([1000, 1000]);
    expect(sent).toBeLessThan(850);
    expect(await rig.results(run)).toEqual(manifest.map(({ key }) => key));
    expect([...rig.cos.sent.values()].every((times) => times === 1)).toBe(true);
  });
});

describe.skipIf(!hasRedis)("Redis is started again with an old snapshot", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  test("objects that were sent since are compared, and not sent again", async () => {
    rig = await openFleetRig(["--appendonly", "no"]);
    rig.cos.before = slowly;
    const { run } = await rig.enqueue(smallEntries(1000), { batchObjects: 20, onWarning: () => {} });
    expect((await readRun(rig.ledger(run)))?.isDoubtful).toBe(false);
    await rig.redis.save();
    await rig.worker();
    await until(() => rig.cos.sent.size > 400);
    await rig.server.kill();
    await rig.server.start();
    await rig.finished(run);
    expect((await readRun(rig.ledger(run)))?.isDoubtful).toBe(true);
    expect(rig.cos.sent.size).toBe(1000);
    expect([...rig.cos.sent.values()].filter((times) => times > 1)).toEqual([]);
    expect((await totalsOf(rig, run)).done).toBe(1000);
  });
});

describe.skipIf(!hasRedis)("a job that runs twice at once", () => {
  let rig: FleetRig;
  beforeEach(async () => {
    rig = await openFleetRig();
  });
  afterEach(() => rig.close());

  test("counts each object once, and ends", async () => {
    let begun = 0;
    rig.cos.before = async () => {
      begun += 1;
      // Both have begun before one of them goes on.
      await until(() => begun >= 8);
      await slowly();
    };
    const { run } = await rig.enqueue(smallEntries(60));
    await rig.worker();
    await rig.worker();
    await until(() => begun >= 4);
    await rig.redis.lpush("cosup:cosup:wait", `${run}-b0`);
    await rig.redis.zadd("cosup:cosup:marker", 0, "0");
    await rig.finished(run);
    await until(async () => (await rig.redis.llen("cosup:cosup:active")) === 0);
    expect(await totalsOf(rig, run)).toMatchObject({ objects: 60, done: 60 });
    expect(await rig.results(run)).toEqual(smallEntries(60).map(({ key }) => key));
  });

  test("of two workers that begin a large object, one upload remains, and the other is aborted", async () => {
    let inits = 0;
    rig.cos.before = async (_, partNumber) => {
      if (partNumber !== 0) return;
      inits += 1;
      await until(() => inits >= 2);
    };
    const { run } = await rig.enqueue([LARGE]);
    await rig.worker();
    await rig.worker();
    await until(() => inits === 1);
    await rig.redis.lpush("cosup:cosup:wait", `${run}-o1.init`);
    await rig.redis.zadd("cosup:cosup:marker", 0, "0");
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 1, done: 1, sent: 1 });
    await until(() => rig.cos.uploads.size === 0);
    await until(async () => (await rig.redis.hlen(rig.ledger(run).keys.uploads)) === 0);
    expect([...rig.cos.parts.values()].every((times) => times === 1)).toBe(true);
  });
});

describe.skipIf(!hasRedis)("COS throttles", () => {
  let rig: FleetRig;
  beforeEach(async () => {
    rig = await openFleetRig();
  });
  afterEach(() => rig.close());

  test("all workers wait, and it does not count as an attempt", async () => {
    const { run } = await rig.enqueue(smallEntries(40), { attempts: 1, batchObjects: 10 });
    rig.cos.failing.set("small/000000", throttled());
    rig.cos.failing.set("small/000015", throttled());
    const asked = rig.redis.pttl.bind(rig.redis);
    let longest = 0;
    await rig.worker();
    await rig.worker();
    await until(async () => {
      longest = Math.max(longest, await asked("cosup:fleet:throttled:demo-1250000000"));
      return longest > 500;
    });
    rig.cos.failing.clear();
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 40, done: 40, sent: 40 });
    expect(rig.events.filter(({ type }) => type === "throttled").length).toBeGreaterThan(1);
  });
});

describe.skipIf(!hasRedis)("Redis is a replica for a while", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  test("enqueuing and retry end with what to do; workers wait, and go on", async () => {
    rig = await openFleetRig();
    await rig.enqueue(smallEntries(300), { run: "before" });
    await rig.redis.replicaof("127.0.0.1", 1);
    const refused = {
      code: "redis-read-only",
      message: /^this Redis is a replica, which cannot be written: give/,
    };
    await expect(rig.enqueue(smallEntries(1), { run: "during" })).rejects.toMatchObject(refused);
    await rig.worker();
    await until(() => rig.events.some(({ type }) => type === "warning"));
    await rig.redis.replicaof("NO", "ONE");
    await rig.finished("before");
    expect(await totalsOf(rig, "before")).toEqual({ objects: 300, done: 300, sent: 300 });
  });
});

describe.skipIf(!hasRedis)("Redis has no memory left", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  test("enqueuing ends with what to do, and the same again adds the rest", async () => {
    rig = await openFleetRig();
    const manifest = smallEntries(100);
    await rig.redis.config("SET", "maxmemory", "1");
    await expect(rig.enqueue(manifest, { run: "full" })).rejects.toMatchObject({
      code: "redis-full",
      message:
        "Redis is full: raise `maxmemory` in redis.conf, or delete the keys of runs that are over; then repeat the same with run full, which adds what is missing",
    });
    await rig.redis.config("SET", "maxmemory", "0");
    expect(await rig.enqueue(manifest, { run: "full" })).toMatchObject({ objects: 100, jobs: 1 });
    // What is there is not counted as added.
    expect(await rig.enqueue(manifest, { run: "full" })).toMatchObject({ objects: 100, jobs: 0 });
    await rig.worker();
    await rig.finished("full");
    expect(await totalsOf(rig, "full")).toEqual({ objects: 100, done: 100, sent: 100 });
  });
});
