import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type FleetRig, MIB, openFleetRig, smallEntries, totalsOf, until } from "./support/fleet-rig.ts";
import { broken, denied } from "./support/memory-executors.ts";
import { hasRedis } from "./support/redis.ts";

describe.skipIf(!hasRedis)("a run in the queue", () => {
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await openFleetRig();
  });
  afterAll(() => rig.close());
  afterEach(async () => {
    rig.cos.before = () => {};
    rig.cos.failing.clear();
    rig.cos.sent.clear();
  });

  test("small objects go in batches, each object once", async () => {
    const { run, objects, jobs } = await rig.enqueue(smallEntries(250));
    expect([objects, jobs]).toEqual([250, 3]);
    const worker = await rig.worker();
    await rig.finished(run);
    await worker.close();
    expect(await totalsOf(rig, run)).toEqual({ objects: 250, done: 250, sent: 250 });
    expect(await rig.results(run)).toEqual(smallEntries(250).map(({ key }) => key));
    // Nothing is left of it in the queue.
    expect(await rig.redis.keys(`cosup:cosup:${run}-*`)).toEqual([]);
  });

  test("a large object goes in ranges, and is completed once", async () => {
    const { run } = await rig.enqueue([{ source: "/data/big", key: "big", size: 100 * MIB }]);
    await rig.worker();
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 1, done: 1, sent: 1 });
    expect([...rig.cos.parts.values()]).toEqual(Array.from({ length: 13 }, () => 1));
    expect(rig.cos.uploads.size).toBe(0);
    expect(await rig.redis.hlen(rig.ledger(run).keys.uploads)).toBe(0);
  });

  test("an object of unknown size that is large is sent in parts", async () => {
    const { run } = await rig.enqueue([
      { source: `/data/${20 * MIB}`, key: "unknown-large" },
      { source: "/data/5", key: "unknown-small" },
    ]);
    await rig.finished(run);
    expect(await rig.results(run)).toEqual(["unknown-large", "unknown-small"]);
    expect(rig.cos.parts.get("unknown-large#3")).toBe(1);
  });

  test("enqueuing the same run again changes nothing; a longer manifest adds what is new", async () => {
    const { run } = await rig.enqueue(smallEntries(120), { run: "again", batchObjects: 40 });
    await rig.finished(run);
    const before = new Map(rig.cos.sent);
    const second = await rig.enqueue(smallEntries(160), { run: "again", batchObjects: 40 });
    expect(second.jobs).toBe(1);
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 160, done: 160, sent: 160 });
    for (const [key, times] of before) expect([key, rig.cos.sent.get(key)]).toEqual([key, times]);
  });

  test("another manifest, or other settings, are refused", async () => {
    await rig.enqueue(smallEntries(10), { run: "differs" });
    await rig.finished("differs");
    await expect(rig.enqueue(smallEntries(10, 5), { run: "differs" })).rejects.toMatchObject({
      code: "manifest-changed",
    });
    const settings = rig.enqueue(smallEntries(10), { run: "differs", partSize: 5 * MIB });
    await expect(settings).rejects.toMatchObject({ code: "run-differs", message: /partSize 8388608/ });
  });

  test("an entry that always fails is tried as often as set; one that is refused, once; all others are stored", async () => {
    rig.cos.failing.set("small/000003", broken());
    rig.cos.failing.set("small/000005", denied());
    const { run } = await rig.enqueue(smallEntries(10), { attempts: 2 });
    await rig.finished(run);
    const failures = await rig.failures(run);
    expect(failures.map(({ entry, attempts, message }) => [entry.key, attempts, message])).toEqual([
      ["small/000003", 2, "the connection broke"],
      ["small/000005", 1, "access was denied"],
    ]);
    expect((await rig.results(run)).length).toBe(8);
  });

  test("a large object that fails is ended, and its upload is aborted", async () => {
    rig.cos.failing.set("bad#7", denied());
    const { run } = await rig.enqueue([{ source: "/data/bad", key: "bad", size: 80 * MIB }]);
    await rig.finished(run);
    expect((await rig.failures(run)).map(({ entry, code }) => [entry.key, code])).toEqual([
      ["bad", "unexpected-response"],
    ]);
    await until(() => rig.cos.uploads.size === 0);
    await until(async () => (await rig.redis.hlen(rig.ledger(run).keys.uploads)) === 0);
  });

  test("a job that the queue has lost is added again", async () => {
    let hold: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    rig.cos.before = () => held;
    const { run } = await rig.enqueue(smallEntries(300), { batchObjects: 10 });
    const waiting = await rig.redis.lrange("cosup:cosup:wait", 0, -1);
    expect(waiting.length).toBeGreaterThan(5);
    await rig.redis.del("cosup:cosup:wait", ...waiting.map((id) => `cosup:cosup:${id}`));
    hold();
    await rig.finished(run);
    expect(await totalsOf(rig, run)).toEqual({ objects: 300, done: 300, sent: 300 });
    expect(rig.events.some(({ type }) => type === "recovered")).toBe(true);
  });
});
