import { utimes } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { restartObject } from "../src/ledger/end-object.ts";
import type { Ledger } from "../src/ledger/ledger.ts";
import {
  beginObject,
  endRange,
  type ObjectState,
  rangeJobs,
  readState,
  recordPart,
  reopenParts,
} from "../src/ledger/objects.ts";
import { dropJob } from "../src/ledger/start-job.ts";
import { retryFailed } from "../src/report/retry-failed.ts";
import { type CosFleetRig, openCosFleetRig } from "./support/cos-fleet-rig.ts";
import { type FleetRig, openFleetRig, until } from "./support/fleet-rig.ts";
import { hasRedis } from "./support/redis.ts";
import { BUCKET, bytesOf, crc64Of, MIB } from "./support/rig.ts";

const bytes = bytesOf("large", 64 * MIB);
const RANGE_PARTS = 16;

describe.skipIf(!hasRedis)("the ledger, when a job of an earlier upload comes late", () => {
  let rig: FleetRig;
  afterEach(() => rig.close());

  const stateOf = (note: string, uploadId: string): ObjectState => ({
    ...{ uploadId, note: `o1:${note}`, sinceMs: 1 },
    facts: { kind: "file", size: 2 * MIB, fingerprint: "f" },
    plan: {
      partSize: MIB,
      partCount: 2,
      ranges: [
        { from: 1, to: 1 },
        { from: 2, to: 2 },
      ],
    },
  });
  const [old, next] = [stateOf("00000000000a", "first"), stateOf("00000000000b", "second")];
  const firstRange = { from: 1, to: 1 };
  const firstJob = (state: ObjectState): string => rangeJobs(state)[0] ?? "";
  const pendingOf = ({ redis, keys }: Ledger) => redis.zrange(keys.pending, 0, -1);
  async function enqueued(): Promise<Ledger> {
    rig = await openFleetRig();
    const { run } = await rig.enqueue([{ source: "/data/big", key: "big", size: 2 * MIB }], {
      partSize: MIB,
    });
    return rig.ledger(run);
  }
  const part = (partNumber: number) => ({ partNumber, size: MIB, etag: '"e"', crc64: "1", sent: true });

  test("the end of its range takes no range of the new upload away", async () => {
    const ledger = await enqueued();
    await beginObject(ledger, "o1", old, "{}", 1);
    await restartObject(ledger, "o1", old, 5, 1);
    await beginObject(ledger, "o1", next, "{}", 1);
    await endRange(ledger, { object: "o1", job: firstJob(old), state: old, range: firstRange }, 2);
    expect(await pendingOf(ledger)).toEqual(rangeJobs(next));
  });

  test("a range whose parts another worker missed in COS stays to be sent", async () => {
    const ledger = await enqueued();
    await beginObject(ledger, "o1", old, "{}", 1);
    const job = firstJob(old);
    await recordPart(ledger, { object: "o1", uploadId: "first", job }, part(1));
    expect(await reopenParts(ledger, "o1", old, [1], 2)).toEqual([job]);
    expect(await endRange(ledger, { object: "o1", job, state: old, range: firstRange }, 2)).toBe(false);
    expect(await pendingOf(ledger)).toContain(job);
    await recordPart(ledger, { object: "o1", uploadId: "first", job }, part(1));
    await endRange(ledger, { object: "o1", job, state: old, range: firstRange }, 2);
    expect(await pendingOf(ledger)).not.toContain(job);
  });

  test("a job that has nothing to do goes only while the ledger says the same", async () => {
    const ledger = await enqueued();
    await dropJob(ledger, "o1.init", { object: "o1" });
    expect(await pendingOf(ledger)).toEqual(["o1.init"]);
    await beginObject(ledger, "o1", next, "{}", 1);
    await dropJob(ledger, firstJob(next), { object: "o1", note: next.note });
    expect(await pendingOf(ledger)).toEqual(rangeJobs(next));
    await ledger.redis.zadd(ledger.keys.pending, 1, firstJob(old), 1, "o1.init");
    await dropJob(ledger, firstJob(old), { object: "o1", note: old.note });
    await dropJob(ledger, "o1.init", { object: "o1" });
    expect(await pendingOf(ledger)).toEqual(rangeJobs(next));
  });

  test("an object whose uploads somebody aborts again and again comes to an end", async () => {
    const ledger = await enqueued();
    const verdicts: string[] = [];
    for (const state of [old, next]) {
      await beginObject(ledger, "o1", state, "{}", 1);
      verdicts.push(
        await restartObject(ledger, "o1", state, 2, 1),
        await restartObject(ledger, "o1", old, 9, 1),
      );
    }
    expect(verdicts).toEqual(["restarted", "stale", "exhausted", "stale"]);
  });
});

describe.skipIf(!hasRedis)("ranges of an upload that is no longer that of the object", () => {
  let rig: CosFleetRig;
  afterEach(() => rig.close());

  /** Holds the parts behind the first range of the first upload until the ledger has another upload. */
  async function begin(): Promise<{ run: string; source: string; isHeld: () => boolean }> {
    rig = await openCosFleetRig();
    const source = rig.file("a.bin", bytes);
    for (let worker = 0; worker < 4; worker += 1) await rig.worker({}, { concurrency: 2 });
    let first: string | undefined;
    let held = 0;
    let run = "";
    rig.middleware = async ({ operation, query }, next) => {
      const uploadId = query.get("uploadId") ?? "";
      if (operation === "UploadPart") first ??= uploadId;
      if (operation !== "UploadPart" || uploadId !== first) return next();
      if (Number(query.get("partNumber")) > RANGE_PARTS) {
        held += 1;
        await until(async () => {
          const state = await readState(rig.ledger(run), "o1");
          return state !== undefined && state.uploadId !== first;
        });
      }
      return next();
    };
    run = await rig.enqueue([{ source, key: "big", size: bytes.length }], { partSize: MIB });
    return { run, source, isHeld: () => held > 0 };
  }

  async function openIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { UploadId } of rig.cos.eachMultipartUpload({ Bucket: BUCKET })) ids.push(UploadId);
    return ids;
  }

  async function expectDone(run: string): Promise<void> {
    await rig.finished(run);
    expect(await rig.status(run)).toMatchObject({ done: 1, failed: 0, uploads: 0 });
    expect((await rig.cos.headObject({ Bucket: BUCKET, Key: "big" })).crc64).toBe(await crc64Of(bytes));
    expect(rig.requests("InitiateMultipartUpload")).toBe(2);
    expect(await openIds()).toEqual([]);
  }

  test("somebody aborts the upload: one new upload begins, and completes the object", async () => {
    const { run, isHeld } = await begin();
    const ledger = rig.ledger(run);
    await until(async () => isHeld() && (await readState(ledger, "o1")) !== undefined);
    const UploadId = (await readState(ledger, "o1"))?.uploadId ?? "";
    await rig.cos.abortMultipartUpload({ Bucket: BUCKET, Key: "big", UploadId });
    await expectDone(run);
  });

  test("the object failed and is tried again: the new upload completes it", async () => {
    const { run, source, isHeld } = await begin();
    await until(isHeld);
    await utimes(source, 5, 5);
    await until(async () => (await rig.status(run)).failed === 1);
    await retryFailed({ connection: rig.server.url, run });
    await expectDone(run);
  });
});
