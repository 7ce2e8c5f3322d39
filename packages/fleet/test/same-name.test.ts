import { afterEach, describe, expect, test } from "vitest";
import { createRun, readRun, type StoredSettings } from "../src/ledger/run-info.ts";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, MIB, OTHER_BUCKET as OTHER } from "./support/rig.ts";

describe.skipIf(!hasRedis)("another run of the same name", () => {
  let rig: CosFleetRig;
  afterEach(() => rig.close());

  test("has the bucket that it is enqueued with, also with a worker that knows the first run", async () => {
    rig = await openCosFleetRig();
    const source = rig.file("a.bin", Buffer.from("hello"));
    await rig.worker();
    const run = await rig.enqueue([{ source, key: "one", size: 5 }], { run: "r" });
    await rig.finished(run);
    await rig.redis.del(await rig.redis.keys("cosup:fleet:r:*"));
    await rig.enqueue([{ source, key: "two", size: 5 }], { run: "r", bucket: OTHER });
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ bucket: OTHER, done: 1, failed: 0 });
    expect(await rig.cos.headObject({ Bucket: OTHER, Key: "two" })).toMatchObject({ ContentLength: 5 });
    await expect(rig.cos.headObject({ Bucket: BUCKET, Key: "two" })).rejects.toMatchObject({ status: 404 });
  });

  test("created at the same time with another bucket, one of the two is refused", async () => {
    rig = await openCosFleetRig();
    const ledger = rig.ledger("r");
    const settings = (bucket: string): StoredSettings => ({
      ...{ queue: "cosup", bucket, partSize: MIB, batchObjects: 1, batchBytes: 1, attempts: 1 },
    });
    // The first process was killed before it wrote its settings.
    await rig.redis.hset(ledger.keys.info, "createdMs", 1);
    const both = await Promise.allSettled(
      [BUCKET, OTHER].map((name) => createRun(ledger, settings(name), 2)),
    );
    expect(both).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: "run-differs" } },
    ]);
    expect(await readRun(ledger)).toMatchObject({ bucket: BUCKET, createdMs: 1 });
  });
});
