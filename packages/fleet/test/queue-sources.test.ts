import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { throttleKeys } from "../src/ledger/keys.ts";
import { openUploads } from "../src/transfer/index.ts";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { type FileServer, serveFile } from "./support/file-server.ts";
import { until } from "./support/fleet-rig.ts";
import { partsAtOnce } from "./support/parts-at-once.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, bytesOf, crc64Of, MIB } from "./support/rig.ts";

const small = bytesOf("small", 70_000);
const large = bytesOf("large", 18 * MIB + 3);

describe.skipIf(!hasRedis)("through the queue, to COS", () => {
  let rig: CosFleetRig;
  let servers: readonly FileServer[];
  beforeAll(async () => {
    rig = await openCosFleetRig();
  });
  beforeEach(async () => {
    await rig.emulator.reset();
    rig.middleware = undefined;
    rig.emulator.faults.remove("default");
    servers = await Promise.all([small, large].map((bytes) => serveFile({ bytes, etag: '"one"' })));
  });
  afterEach(() => Promise.all(servers.map((server) => server.close())));
  afterAll(() => rig.close());

  const expectStored = async (run: string, crc64s: Readonly<Record<string, string>>): Promise<void> => {
    const rows = await rig.report(run);
    const reported = rows.map((row) => (row.type === "object" ? [row.key, row.crc64] : [row.key, row.type]));
    expect(Object.fromEntries(reported)).toEqual(crc64s);
    for (const [key, crc64] of Object.entries(crc64s))
      expect([key, (await rig.cos.headObject({ Bucket: BUCKET, Key: key })).crc64]).toEqual([key, crc64]);
    for (const key of Object.keys(crc64s)) expect(await openUploads(rig.context, key)).toEqual([]);
  };

  test("objects of COS are copied there, small and large; presigned URLs are read, and no signature is left", async () => {
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from/small", Body: small });
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from/large", Body: large });
    // A copy goes in parts of 64 MiB: an object of 18 is one part.
    const big = bytesOf("big", 65 * MIB);
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from/big", Body: big });
    const puts = rig.requests("PutObject");
    const cos = (name: string, size?: number) => ({
      ...{ source: `cos://${BUCKET}/from/${name}`, key: `copy/${name}` },
      ...(size === undefined ? {} : { size }),
    });
    const url = (at: number, key: string, size?: number) => ({
      ...{ source: servers[at]?.url ?? "", key },
      ...(size === undefined ? {} : { size }),
    });
    const entries = [cos("small", small.length), cos("large", large.length), cos("big")];
    entries.push(url(0, "url/small", small.length), url(1, "url/large", large.length), url(1, "url/unknown"));
    const run = await rig.enqueue(entries);
    const workers = [await rig.worker(), await rig.worker()];
    await rig.finished(run);
    await Promise.all(workers.map((worker) => worker.close()));
    const crc64 = { small: await crc64Of(small), large: await crc64Of(large) };
    await expectStored(run, {
      ...{ "copy/small": crc64.small, "copy/large": crc64.large, "copy/big": await crc64Of(big) },
      ...{ "url/small": crc64.small, "url/large": crc64.large, "url/unknown": crc64.large },
    });
    // What was copied has not passed through a worker.
    expect(rig.requests("PutObject")).toBe(puts + 1);
    expect(rig.requests("UploadPart")).toBe(2 * 3);
    expect(rig.requests("UploadPartCopy")).toBe(1 + 2);
    expect(JSON.stringify(await rig.report(run))).not.toContain("5ec2e7");
  });

  test("a URL that refuses or changes half-way fails its object with the reason, and leaves no upload", async () => {
    Object.assign(servers[0]?.file ?? {}, { failures: [403] });
    let parts = 0;
    rig.middleware = (call, next) => {
      parts += call.operation === "UploadPart" ? 1 : 0;
      if (parts === 2) Object.assign(servers[1]?.file ?? {}, { etag: '"two"' });
      return next();
    };
    const run = await rig.enqueue(
      [
        { source: servers[0]?.url ?? "", key: "refused", size: small.length },
        { source: servers[1]?.url ?? "", key: "changed", size: large.length },
      ],
      { partSize: MIB },
    );
    const worker = await rig.worker({}, { concurrency: 1 });
    await rig.finished(run);
    const failures = (await rig.report(run)).flatMap((row) =>
      row.type === "failed" ? [`${row.key} ${row.code}`] : [],
    );
    expect(failures.sort()).toEqual(["changed source-changed", "refused source-refused"]);
    await until(async () => (await openUploads(rig.context, "changed")).length === 0);
    await worker.close();
  });

  test("an object whose upload somebody has aborted is begun again", async () => {
    let parts = 0;
    rig.middleware = async (call, next) => {
      const response = await next();
      parts += call.operation === "UploadPart" ? 1 : 0;
      if (parts === 5 && call.operation === "UploadPart") {
        const [upload] = await openUploads(rig.context, "large");
        const UploadId = upload?.uploadId ?? "";
        await rig.cos.abortMultipartUpload({ Bucket: BUCKET, Key: "large", UploadId });
      }
      return response;
    };
    const entry = { source: rig.file("large", large), key: "large", size: large.length };
    const run = await rig.enqueue([entry], { partSize: MIB });
    const worker = await rig.worker();
    await rig.finished(run);
    await worker.close();
    await expectStored(run, { large: await crc64Of(large) });
    expect(rig.requests("InitiateMultipartUpload")).toBe(2);
    expect(await rig.status(run)).toMatchObject({ uploads: 0, failed: 0 });
  });

  test("a part that COS no longer holds when the object is completed is sent again, with its range alone", async () => {
    let isReplaced = false;
    rig.middleware = async (call, next) => {
      // The list before Complete: another part 3 is there, as if a second program had sent it.
      if (call.operation === "ListParts" && !isReplaced) {
        isReplaced = true;
        const UploadId = call.query.get("uploadId") ?? "";
        const part = { Bucket: BUCKET, Key: "large", UploadId, PartNumber: 3, Body: bytesOf("other", MIB) };
        await rig.cos.uploadPart(part);
      }
      return next();
    };
    const entry = { source: rig.file("large", large), key: "large", size: large.length };
    const run = await rig.enqueue([entry], { partSize: MIB });
    const worker = await rig.worker();
    await rig.finished(run);
    await worker.close();
    await expectStored(run, { large: await crc64Of(large) });
    // 19 of them, the other part 3, and part 3 again.
    expect([isReplaced, rig.requests("UploadPart")]).toEqual([true, 21]);
    expect(rig.requests("InitiateMultipartUpload")).toBe(1);
  });

  test("COS refuses with SlowDown: no worker begins another object until the pause is over, and all are stored", async () => {
    const source = rig.file("small", small);
    const entries = Array.from({ length: 60 }, (_, index) => ({
      source,
      key: `small/${index}`,
      size: small.length,
    }));
    rig.emulator.faults.install("default", [
      { op: "PutObject", when: "before-headers", times: 2, fault: { kind: "status", code: "SlowDown" } },
    ]);
    const { until: pause, level } = throttleKeys("cosup", BUCKET);
    const begunInPause = new Set<string>();
    let hasPaused = false;
    rig.middleware = async (call, next) => {
      if (call.operation !== "PutObject") return next();
      // What is not refused waits for the pause, which on a slow machine comes late, or is over before somebody looks.
      await until(async () => hasPaused || (await rig.redis.exists(level)) === 1);
      hasPaused = true;
      if ((await rig.redis.pttl(pause)) > 0) begunInPause.add(call.key ?? "");
      return next();
    };
    const run = await rig.enqueue(entries, { batchObjects: 2, attempts: 1 });
    // One job at once, of two objects.
    const workers = [await rig.worker({}, { concurrency: 2 }), await rig.worker({}, { concurrency: 2 })];
    await rig.finished(run);
    expect(hasPaused).toBe(true);
    rig.emulator.faults.expectAllFired("default");
    expect(await rig.status(run)).toMatchObject({ done: 60, failed: 0 });
    // What both workers had in hand.
    expect(begunInPause.size).toBeLessThanOrEqual(4);
    await Promise.all(workers.map((worker) => worker.close()));
  });

  test("the parts in memory stay inside the memory budget", async () => {
    const parts = partsAtOnce(8);
    rig.middleware = parts.middleware;
    const source = rig.file("large", large);
    const entries = [1, 2].map((number) => ({ source, key: `large/${number}`, size: large.length }));
    const run = await rig.enqueue(entries, { partSize: MIB });
    const worker = await rig.worker({}, { concurrency: 32, memoryBudget: 8 * MIB });
    await rig.finished(run);
    const crc64 = await crc64Of(large);
    await expectStored(run, { "large/1": crc64, "large/2": crc64 });
    expect(parts.most).toBe(8);
    await worker.close();
  });
});
