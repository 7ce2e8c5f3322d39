import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { enqueueUploads } from "../src/jobs/enqueue.ts";
import type { NumberedEntry } from "../src/jobs/group-entries.ts";
import { fleetStatus } from "../src/report/status.ts";
import { BUCKET, type FleetRig, openFleetRig, smallEntries, until } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";

describe.skipIf(!hasRedis)("a Redis that loses what enqueue adds", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  /** Adds a manifest, and does something to Redis before the last entries are read. */
  const enqueue = (disturb: () => Promise<void>): ReturnType<typeof enqueueUploads> => {
    async function* entries(): AsyncGenerator<NumberedEntry> {
      for (const [index, entry] of smallEntries(400).entries()) {
        if (index === 250) await disturb();
        yield { line: index + 1, entry };
      }
    }
    const to = { connection: rig.server.url, bucket: BUCKET, onWarning: () => {} };
    return enqueueUploads(entries(), { ...to, run: "lossy", batchObjects: 2 });
  };
  const restart = async (): Promise<void> => {
    await rig.server.kill();
    await rig.server.start();
  };
  const lost = { code: "redis-lost", message: /enqueue run lossy again with recover$/ };

  test("is an error after a restart without an append-only file", async () => {
    rig = await openFleetRig(["--appendonly", "no"]);
    await expect(enqueue(restart)).rejects.toMatchObject(lost);
  });

  test("is an error after a restart with an old snapshot", async () => {
    rig = await openFleetRig(["--appendonly", "no"]);
    const snapshotBefore = async (): Promise<void> => {
      await rig.redis.save();
      await restart();
    };
    await expect(enqueue(snapshotBefore)).rejects.toMatchObject(lost);
  });

  test("is an error after FLUSHALL", async () => {
    rig = await openFleetRig();
    await expect(enqueue(async () => void (await rig.redis.flushall()))).rejects.toMatchObject(lost);
  });

  test("goes on when it has its append-only file", async () => {
    rig = await openFleetRig();
    expect(await enqueue(restart)).toEqual({ run: "lossy", objects: 400, jobs: 200 });
  });
});

describe.skipIf(!hasRedis)("enqueue", () => {
  let rig: FleetRig;
  beforeAll(async () => {
    rig = await openFleetRig();
  });
  afterAll(() => rig.close());

  test("ends when its signal aborts, also while the manifest gives nothing", async () => {
    const stop = new AbortController();
    let isWaiting = false;
    async function* entries(): AsyncGenerator<NumberedEntry> {
      yield { line: 1, entry: { source: "/data/a", key: "a" } };
      isWaiting = true;
      await new Promise<never>(() => {});
    }
    const to = { connection: rig.server.url, bucket: BUCKET, signal: stop.signal };
    const enqueued = expect(enqueueUploads(entries(), to)).rejects.toThrow("ctrl-c");
    await until(() => isWaiting);
    stop.abort(new Error("ctrl-c"));
    await enqueued;
  });

  test("ends when its signal aborts, also while Redis says nothing, and its run was told", async () => {
    const stop = new AbortController();
    const runs: string[] = [];
    async function* entries(): AsyncGenerator<NumberedEntry> {
      for (const [index, entry] of smallEntries(200).entries()) yield { line: index + 1, entry };
      process.kill(rig.server.pid(), "SIGSTOP");
      stop.abort(new Error("ctrl-c"));
    }
    const to = { connection: rig.server.url, bucket: BUCKET, signal: stop.signal, run: "silent" };
    const enqueued = enqueueUploads(entries(), {
      ...to,
      batchObjects: 2,
      onRun: (run) => void runs.push(run),
    });
    await expect(enqueued).rejects.toThrow("ctrl-c");
    process.kill(rig.server.pid(), "SIGCONT");
    expect(runs).toEqual(["silent"]);
  });

  test("a run that gets more entries is not finished before the longer manifest is read", async () => {
    const run = "longer";
    const all = smallEntries(30);
    const to = { connection: rig.server.url, bucket: BUCKET, run, batchObjects: 10 };
    await rig.enqueue(all.slice(0, 10), to);
    await rig.worker();
    await rig.finished(run);
    expect(await fleetStatus(to)).toMatchObject({ isFinished: true });
    // The same again stops: the run is whole all the same.
    const read = async (count: number, stop?: string): Promise<unknown> => {
      async function* entries(): AsyncGenerator<NumberedEntry> {
        for (const [index, entry] of all.slice(0, count).entries()) yield { line: index + 1, entry };
        if (stop !== undefined) throw new Error(stop);
      }
      return enqueueUploads(entries(), to).catch((error: Error) => error.message);
    };
    expect(await read(9, "cut off")).toBe("cut off");
    expect(await fleetStatus(to)).toMatchObject({ isFinished: true });
    expect(await read(29, "line 30 is bad")).toBe("line 30 is bad");
    await rig.finished(run);
    const stopped = { run, isFinished: false, isEnqueued: false, enqueuingStopped: "line 30 is bad" };
    expect(await fleetStatus(to)).toMatchObject(stopped);
    expect(await read(30)).toMatchObject({ objects: 30 });
    await rig.finished(run);
    expect(await fleetStatus(to)).toMatchObject({ isFinished: true, done: 30 });
  });

  test("a run is done by workers of its queue alone, which it remembers", async () => {
    const one = await rig.enqueue(smallEntries(5), { run: "of-one", queue: "one" });
    const two = await rig.enqueue(smallEntries(5), { run: "of-two", queue: "two" });
    // The second queue has lost its job, so that its worker has to look.
    await rig.redis.del("cosup:two:wait", "cosup:two:of-two-b0");
    await rig.worker("two");
    await rig.finished(two.run);
    expect(
      rig.events.filter((event) => event.type === "recovered" && event.run.startsWith("of-")),
    ).toMatchObject([{ run: "of-two" }]);
    expect(await rig.redis.zcard(rig.ledger(one.run).keys.pending)).toBe(1);
    const place = { connection: rig.server.url };
    expect(await fleetStatus({ ...place, run: one.run })).toMatchObject({
      queueName: "one",
      queue: { waiting: 1 },
    });
    expect(await fleetStatus({ ...place, queue: "one" })).toMatchObject({ run: "of-one" });
    await expect(fleetStatus({ ...place, queue: "three" })).rejects.toThrow("no run in queue three");
    const differs = { code: "run-differs", message: /queue one/ };
    await expect(fleetStatus({ ...place, run: one.run, queue: "two" })).rejects.toMatchObject(differs);
    const again = rig.enqueue(smallEntries(5), { run: one.run, queue: "two" });
    await expect(again).rejects.toMatchObject(differs);
    await rig.worker("one");
    await rig.finished(one.run);
    expect((await rig.results(one.run)).length).toBe(5);
  });
});
