import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { ManifestEntry } from "../src/manifest/entry.ts";
import { openUploads } from "../src/transfer/index.ts";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { until } from "./support/fleet-rig.ts";
import { openProcessRig, type ProcessRig } from "./support/process-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, bytesOf, crc64Of, MIB } from "./support/rig.ts";

const bytes = bytesOf("large", 20 * MIB + 5);
const PARTS = 21;
const KEY = "large.bin";
const NOTHING_KEPT = ["--appendonly", "no"];
const SETTINGS = { run: "recovered", partSize: MIB };

describe.skipIf(!hasRedis)("a Redis that comes back without what it held", () => {
  let rig: CosFleetRig;
  afterEach(() => rig.close());

  const entryOf = (): ManifestEntry => ({
    ...{ source: rig.file("large", bytes), key: KEY, size: bytes.length, contentType: "video/mp4" },
    headers: { "x-cos-meta-of": "the-manifest" },
  });
  const storedHeaders = async () => {
    const { headers, crc64 } = await rig.cos.headObject({ Bucket: BUCKET, Key: KEY });
    return { crc64, type: headers["content-type"], of: headers["x-cos-meta-of"] };
  };
  const right = async () => ({ crc64: await crc64Of(bytes), type: "video/mp4", of: "the-manifest" });
  const countParts = (): number => rig.requests("UploadPart");

  /** What another program has of the key: all parts, with the same bytes, and other headers. */
  async function foreignUpload(): Promise<string> {
    const object = { Bucket: BUCKET, Key: KEY };
    const asked = { ContentType: "text/plain", Metadata: { "x-cos-meta-of": "another program" } };
    const { UploadId } = await rig.cos.createMultipartUpload({ ...object, ...asked });
    for (let part = 1; part <= PARTS; part += 1) {
      const Body = bytes.subarray((part - 1) * MIB, part * MIB);
      await rig.cos.uploadPart({ ...object, UploadId, PartNumber: part, Body });
    }
    return UploadId;
  }

  async function partsOf(UploadId: string): Promise<number> {
    let parts = 0;
    for await (const part of rig.cos.eachPart({ Bucket: BUCKET, Key: KEY, UploadId }))
      parts += part.Size > 0 ? 1 : 0;
    return parts;
  }

  test("an upload of another program with the same bytes is neither used nor aborted, and is reported", async () => {
    rig = await openCosFleetRig(NOTHING_KEPT);
    const foreign = await foreignUpload();
    await rig.worker();
    const run = await rig.enqueue([entryOf()], { ...SETTINGS, recover: true });
    await rig.finished(run);
    expect(await storedHeaders()).toEqual(await right());
    expect(countParts()).toBe(2 * PARTS);
    expect(await openUploads(rig.context, KEY)).toMatchObject([{ uploadId: foreign }]);
    expect(await partsOf(foreign)).toBe(PARTS);
    expect((await rig.report(run)).filter(({ type }) => type === "upload")).toMatchObject([
      {
        ...{ state: "unsure", key: KEY, uploadId: foreign },
        hint: `cosup uploads abort cos://${BUCKET}/${KEY} --upload-id ${foreign}`,
      },
    ]);
    expect(await rig.status(run)).toMatchObject({ uploads: 1, unsureUploads: 1 });
    // Somebody has looked at it and aborted it: the report no longer names it.
    await rig.cos.abortMultipartUpload({ Bucket: BUCKET, Key: KEY, UploadId: foreign });
    await until(async () => (await rig.status(run)).uploads === 0);
  });

  test("the run goes on with the upload that a worker knows, also one that another worker has begun", async () => {
    rig = await openCosFleetRig(NOTHING_KEPT);
    const foreign = await foreignUpload();
    const beginner = await rig.worker({}, { concurrency: 2 });
    let hold = (): void => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    // Range 2 is taken by the other worker; nothing of range 1 ends before that.
    rig.middleware = async (call, next) => {
      const isFirst = call.query.get("partNumber") === "1" && call.operation === "UploadPart";
      if (isFirst) await held;
      return next();
    };
    const entries = [entryOf()];
    const run = await rig.enqueue(entries, SETTINGS);
    const begun = async () =>
      (await openUploads(rig.context, KEY)).find(({ uploadId }) => uploadId !== foreign)?.uploadId ?? "";
    await until(async () => (await begun()) !== "" && (await partsOf(await begun())) > 3);
    const id = await begun();
    const other = await rig.worker();
    // All but the part that is held.
    await until(async () => (await partsOf(id)) === PARTS - 1);
    await beginner.close();
    hold();
    await rig.server.kill();
    await rig.server.start();
    expect(await partsOf(id)).toBeGreaterThanOrEqual(PARTS - 1);
    const before = countParts();
    await rig.enqueue(entries, { ...SETTINGS, recover: true });
    await rig.finished(run);
    expect(await storedHeaders()).toEqual(await right());
    expect(rig.requests("InitiateMultipartUpload")).toBe(2);
    expect(countParts()).toBeLessThanOrEqual(before + 1);
    expect(await openUploads(rig.context, KEY)).toMatchObject([{ uploadId: foreign }]);
    await other.close();
  });

  test("an object that was stored before is compared, and not sent again; with other headers it is sent", async () => {
    rig = await openCosFleetRig(NOTHING_KEPT);
    await rig.worker();
    const entries = [entryOf()];
    const run = await rig.enqueue(entries, SETTINGS);
    await rig.finished(run);
    expect(countParts()).toBe(PARTS);
    await rig.restartRedis();
    await rig.enqueue(entries, { ...SETTINGS, recover: true });
    await rig.finished(run);
    expect(countParts()).toBe(PARTS);
    expect(await rig.report(run)).toMatchObject([
      { type: "object", crc64: await crc64Of(bytes), sent: false },
    ]);
    await rig.cos.putObject({ Bucket: BUCKET, Key: KEY, Body: bytes, ContentType: "video/mp4" });
    await rig.restartRedis();
    await rig.enqueue(entries, { ...SETTINGS, recover: true });
    await rig.finished(run);
    expect(countParts()).toBe(2 * PARTS);
    expect(await storedHeaders()).toEqual(await right());
  });

  test("the response that names an upload is lost: the object is stored by another, and this one is reported", async () => {
    rig = await openCosFleetRig();
    rig.emulator.faults.install("default", [
      { op: "InitiateMultipartUpload", when: "after-commit-before-response", fault: { kind: "reset" } },
    ]);
    await rig.worker();
    const run = await rig.enqueue([entryOf()], SETTINGS);
    await rig.finished(run);
    rig.emulator.faults.expectAllFired("default");
    expect(await storedHeaders()).toEqual(await right());
    const [left, ...more] = await openUploads(rig.context, KEY);
    expect(more).toEqual([]);
    await until(async () => (await rig.report(run)).some((row) => row.type === "upload" && row.uploadId));
    expect((await rig.report(run)).filter(({ type }) => type === "upload")).toMatchObject([
      { state: "unsure", uploadId: left?.uploadId, hint: expect.stringMatching(/^cosup uploads abort /) },
    ]);
    expect(await rig.status(run)).toMatchObject({ unsureUploads: 1 });
  });
});

describe.skipIf(!hasRedis)("a worker that is killed while it begins an upload", () => {
  let rig: ProcessRig;
  afterEach(() => rig.close());

  test("leaves one that the report and the status name at once, with the command that lists it", {
    timeout: 60_000,
  }, async () => {
    rig = await openProcessRig();
    const [entry] = await rig.files(1, 3 * MIB, "it's large");
    const worker = await rig.worker();
    rig.onRequest = ({ operation }) => {
      if (operation === "InitiateMultipartUpload") worker.kill("SIGKILL");
    };
    const run = await rig.enqueue([entry as ManifestEntry], { partSize: MIB });
    await once(worker.child, "exit");
    const uploads = (await rig.report(run)).filter(({ type }) => type === "upload");
    expect(uploads).toMatchObject([
      {
        ...{ state: "unsure", key: "it's large/0.bin", uploadId: undefined },
        hint: `cosup uploads ls 'cos://${BUCKET}/it'\\''s large/0.bin'`,
      },
    ]);
    expect(await rig.status(run)).toMatchObject({ unsureUploads: 1, isFinished: false });
  });
});
