import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "./support/fleet-rig.ts";
import { BUCKET, expectedCrc64, openProcessRig, type ProcessRig } from "./support/process-rig.ts";
import { hasRedis } from "./support/redis.ts";

const MIB = 1024 ** 2;

/** Every object is in COS with the CRC64 of its file, and in the report with the same; nothing else is left there. */
async function expectAllRight(
  rig: ProcessRig,
  run: string,
  groups: readonly { readonly name: string; readonly count: number; readonly size: number }[],
): Promise<void> {
  const rows = await rig.report(run);
  const reported = new Map(rows.flatMap((row) => (row.type === "object" ? [[row.key, row.crc64]] : [])));
  for (const { name, count, size } of groups) {
    for (let index = 0; index < count; index += 1) {
      const key = `${name}/${index}.bin`;
      const expected = await expectedCrc64(size, index);
      const { headers } = await rig.cos.headObject({ Bucket: BUCKET, Key: key });
      expect([key, headers["x-cos-hash-crc64ecma"], reported.get(key)]).toEqual([key, expected, expected]);
    }
  }
  expect(rows.filter(({ type }) => type !== "object")).toEqual([]);
  for await (const { Key } of rig.cos.eachMultipartUpload({ Bucket: BUCKET })) expect(Key).toBe("no upload");
  const objects = groups.reduce((sum, { count }) => sum + count, 0);
  expect(await rig.status(run)).toMatchObject({ objects, done: objects, failed: 0, uploads: 0 });
}

describe.skipIf(!hasRedis)("workers in processes of their own", () => {
  let rig: ProcessRig;
  beforeEach(async () => {
    rig = await openProcessRig();
  });
  afterEach(() => rig.close());

  test("killed again and again, with Redis killed once: every object is right", {
    timeout: 150_000,
  }, async () => {
    rig.slowMs = 15;
    const small = await rig.files(1200, 4096, "small");
    const large = await rig.files(1, 70 * MIB, "large");
    const run = await rig.enqueue([...small.slice(0, 600), ...large, ...small.slice(600)], { partSize: MIB });
    // A process may take seconds to start: without this, the run could end before the last worker is killed.
    rig.holdAt = 200;
    for (let count = 0; count < 3; count += 1) await rig.worker();
    let kills = 0;
    for (let last = 0; kills < 5; kills += 1) {
      await until(() => rig.stored.size >= last + 120);
      last = rig.stored.size;
      rig.holdAt = last + 200;
      rig.workers.at(-1 - (kills % 2))?.kill("SIGKILL");
      if (kills === 2) {
        await rig.server.kill();
        await rig.server.start();
      }
      await rig.worker();
    }
    rig.holdAt = Infinity;
    await rig.finished(run);
    await expectAllRight(rig, run, [
      { name: "small", count: 1200, size: 4096 },
      { name: "large", count: 1, size: 70 * MIB },
    ]);
    const twice = [...rig.stored.values()].reduce((sum, times) => sum + times - 1, 0);
    // What was under way when a worker was killed, and no more.
    expect(twice).toBeLessThanOrEqual(kills * 8);
  });

  test("a worker that stops responding loses its job; when it goes on, nothing is counted twice", {
    timeout: 120_000,
  }, async () => {
    rig.slowMs = 20;
    const run = await rig.enqueue(await rig.files(300, 512, "small"), { batchObjects: 100 });
    const paused = await rig.worker();
    await until(() => rig.stored.size > 20);
    paused.kill("SIGSTOP");
    const other = await rig.worker();
    // Or somebody has let it go on: a debugger, or a measurement that stops all other processes for a while.
    await until(
      async () =>
        other.events.some(({ type }) => type === "loss-noticed") || (await rig.status(run)).isFinished,
    );
    paused.kill("SIGCONT");
    await rig.finished(run);
    await expectAllRight(rig, run, [{ name: "small", count: 300, size: 512 }]);
    expect((await rig.report(run)).length).toBe(300);
  });

  test("SIGTERM: the worker ends by itself, and gives back what it has not sent", {
    timeout: 120_000,
  }, async () => {
    rig.slowMs = 20;
    const small = await rig.files(200, 512, "small");
    const large = await rig.files(1, 40 * MIB, "large");
    const run = await rig.enqueue([...large, ...small], { partSize: MIB });
    const first = await rig.worker();
    // Until the worker has heard the signal, COS stores no more than this: the run cannot end before.
    rig.holdAt = 60;
    await until(() => rig.stored.size > 30);
    first.kill("SIGTERM");
    await until(() => first.events.some(({ type }) => type === "draining"));
    rig.holdAt = Infinity;
    expect(await first.ended).toBe(0);
    const before = await rig.status(run);
    expect([before.isFinished, before.queue.active]).toEqual([false, 0]);
    const second = await rig.worker();
    await rig.finished(run);
    expect(second.events.map(({ type }) => type)).not.toContain("loss-noticed");
    await expectAllRight(rig, run, [
      { name: "small", count: 200, size: 512 },
      { name: "large", count: 1, size: 40 * MIB },
    ]);
    expect([...rig.stored.values()].every((times) => times === 1)).toBe(true);
  });

  test("SIGTERM while Redis is away: the worker ends all the same", { timeout: 120_000 }, async () => {
    rig.slowMs = 20;
    const run = await rig.enqueue(await rig.files(200, 512, "small"));
    const first = await rig.worker({ drainMs: 500 });
    await until(() => rig.stored.size > 20);
    await rig.server.kill();
    first.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    await rig.server.start();
    await rig.worker();
    await rig.finished(run);
    await expectAllRight(rig, run, [{ name: "small", count: 200, size: 512 }]);
  });

  test("an object that no worker survives is found, and all others are stored", {
    timeout: 240_000,
  }, async () => {
    const entries = await rig.files(60, 512, "small");
    const [first] = entries;
    const poisoned = { source: first?.source ?? "", key: "poison", size: 512 };
    const run = await rig.enqueue([...entries.slice(0, 30), poisoned, ...entries.slice(30)]);
    let lost = 0;
    const stop = new AbortController();
    const keepOneRunning = (async () => {
      while (!stop.signal.aborted) {
        const worker = await rig.worker({ poison: "poison" });
        const code = await worker.ended;
        if (code === "SIGKILL" && !stop.signal.aborted) lost += 1;
        // As if the time of its locks were over.
        await rig.redis.del(...(await rig.redis.keys("cosup:cosup:*:lock")), "none");
      }
    })();
    await rig.finished(run);
    stop.abort();
    for (const worker of rig.workers) worker.kill("SIGKILL");
    await keepOneRunning;
    const failed = (await rig.report(run)).filter(({ type }) => type === "failed");
    expect(failed).toMatchObject([{ key: "poison", code: "worker-lost" }]);
    expect(await rig.status(run)).toMatchObject({ objects: 61, done: 60, failed: 1 });
    expect(lost).toBe(4);
  });
});

describe.skipIf(!hasRedis)("a Redis that keeps nothing", () => {
  let rig: ProcessRig;
  beforeEach(async () => {
    rig = await openProcessRig(["--appendonly", "no"]);
  });
  afterEach(() => rig.close());

  test("is killed: enqueued again with recover, the upload goes on with the parts that COS holds", {
    timeout: 120_000,
  }, async () => {
    rig.slowMs = 20;
    const small = await rig.files(300, 512, "small");
    const large = await rig.files(1, 60 * MIB, "large");
    const entries = [...large, ...small];
    const run = await rig.enqueue(entries, { partSize: MIB });
    await rig.worker();
    await until(() => [...rig.stored.keys()].filter((name) => name.startsWith("UploadPart")).length > 20);
    await rig.server.kill();
    await rig.server.start();
    expect(await rig.enqueue(entries, { run, partSize: MIB, recover: true })).toBe(run);
    await rig.finished(run);
    await expectAllRight(rig, run, [
      { name: "small", count: 300, size: 512 },
      { name: "large", count: 1, size: 60 * MIB },
    ]);
    const twice = [...rig.stored.values()].reduce((sum, times) => sum + times - 1, 0);
    console.log(
      [...rig.stored]
        .filter(([, n]) => n > 1)
        .map(([k]) => k)
        .join("; "),
    );
    expect(twice).toBeLessThanOrEqual(8);
  });
});
