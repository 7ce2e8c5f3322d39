import type { EmulatorResponse } from "@cosup/emulator";
import { afterEach, describe, expect, test } from "vitest";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { until } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, bytesOf, MIB } from "./support/rig.ts";

const LARGE = 3 * MIB;

const refusal = (status: number, code: string): EmulatorResponse => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<Error><Code>${code}</Code><Message>refused</Message></Error>`,
});

describe.skipIf(!hasRedis)("a worker that COS refuses", () => {
  let rig: CosFleetRig;
  afterEach(() => rig.close());

  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const key = `k${index}`;
      return { source: rig.file(key, bytesOf(key, 100 + index)), key, size: 100 + index };
    });
  const large = () => ({ source: rig.file("large", bytesOf("large", LARGE)), key: "large", size: LARGE });

  test.each([
    ["a wrong SecretKey", { SecretKey: "wrong" }, /SignatureDoesNotMatch.*check the keys/],
    ["a wrong SecretId", { SecretId: "AKIDwrong" }, /InvalidAccessKeyId.*check the keys/],
  ])("with %s ends, gives its jobs back, and others store everything", async (_, cos, message) => {
    rig = await openCosFleetRig();
    const run = await rig.enqueue([...entries(60), large()], { batchObjects: 10, partSize: MIB });
    const bad = await rig.worker(cos);
    await expect(bad.closed).rejects.toMatchObject({ code: "worker-refused", message });
    // What it gave back is compared by HEAD, whose refusal has no body.
    const other = await rig.worker(cos);
    await expect(other.closed).rejects.toMatchObject({ code: "worker-refused" });
    expect(await rig.status(run)).toMatchObject({ done: 0, failed: 0, uploads: 0 });
    await rig.worker();
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ objects: 61, done: 61, failed: 0, unsureUploads: 0 });
  });

  test("with keys that expire on the way ends as well", async () => {
    rig = await openCosFleetRig();
    const run = await rig.enqueue(entries(40), { batchObjects: 10, attempts: 1 });
    let puts = 0;
    rig.middleware = async (call, next) => {
      if (call.operation === "PutObject") puts += 1;
      if (puts <= 15) return next();
      return refusal(403, "ExpiredToken");
    };
    const bad = await rig.worker();
    await expect(bad.closed).rejects.toMatchObject({ code: "worker-refused", message: /ExpiredToken/ });
    rig.middleware = undefined;
    await rig.worker();
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ done: 40, failed: 0 });
  });

  test("because there is no such bucket ends, and leaves no upload in doubt", async () => {
    rig = await openCosFleetRig();
    const bucket = "missing-1250000000";
    const run = await rig.enqueue([large()], { bucket, partSize: MIB });
    const worker = await rig.worker();
    await expect(worker.closed).rejects.toMatchObject({
      code: "bucket-missing",
      message: /missing-1250000000/,
    });
    expect(await rig.status(run)).toMatchObject({ failed: 0, pendingJobs: 1, uploads: 0 });
  });

  test("for one object goes on: a policy of that object may deny it", async () => {
    rig = await openCosFleetRig();
    const run = await rig.enqueue(entries(20), { batchObjects: 5 });
    rig.middleware = async (call, next) => {
      if (call.key !== "k3") return next();
      return refusal(403, "AccessDenied");
    };
    await rig.worker();
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ done: 19, failed: 1 });
  });

  test("a source bucket that does not exist is the fault of the entry", async () => {
    rig = await openCosFleetRig();
    await rig.cos.putObject({ Bucket: BUCKET, Key: "source", Body: Buffer.alloc(5) });
    // It was deleted after it was looked at.
    rig.middleware = async (call, next) =>
      call.header("x-cos-copy-source") === undefined ? next() : refusal(404, "NoSuchBucket");
    const run = await rig.enqueue([
      { source: `cos://${BUCKET}/source`, key: "copied", size: 5 },
      ...entries(3),
    ]);
    await rig.worker();
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ done: 3, failed: 1 });
  });

  test("uploads that cannot be listed are one warning, not one for each look", async () => {
    rig = await openCosFleetRig();
    const run = await rig.enqueue(entries(1));
    const note = JSON.stringify({ object: "o9", key: "lost", sinceMs: 5 });
    let looks = 0;
    rig.middleware = async (call, next) => {
      if (call.operation !== "ListMultipartUploads") return next();
      looks += 1;
      return refusal(404, "NoSuchBucket");
    };
    await rig.redis.hset(rig.ledger(run).keys.uploads, "o9:a", note);
    await rig.worker();
    await until(() => looks >= 4);
    const warnings = rig.events.filter((event) => event.type === "warning");
    expect(warnings).toMatchObject([{ message: /^the uploads of lost cannot be listed/ }]);
    expect(BUCKET).toBe((await rig.status(run)).bucket);
  });
});
