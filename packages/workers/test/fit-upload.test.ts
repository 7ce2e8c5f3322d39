import type { ByteSource, RequestedUpload, UploadPlan } from "@cosup/core/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitUpload } from "../src/fit-upload.ts";
import { SubrequestMeter } from "../src/subrequest-meter.ts";

const MiB = 1024 * 1024;
const LIMITS = { memoryBudget: 32 * MiB, connections: 5 };
const REQUESTED: RequestedUpload = {
  partSize: undefined,
  concurrency: undefined,
  threshold: 20 * MiB,
  resumable: false,
};

function source(size: number | undefined, more: object = {}): ByteSource {
  return {
    size,
    fingerprint: undefined,
    access: size === undefined ? "sequential" : "random",
    inMemory: false,
    read: async (_start, _end, into) => into,
    changed: async () => false,
    close: async () => {},
    ...more,
  };
}

function fit(budget: number | undefined, size: number | undefined, requested = {}, more = {}): UploadPlan {
  return fitUpload(new SubrequestMeter(budget), LIMITS, source(size, more), { ...REQUESTED, ...requested });
}

describe("fitUpload()", () => {
  test.each([
    ["without a budget", undefined, 1024 * MiB, 8, 4],
    ["a large budget", 1000, 1024 * MiB, 8, 4],
    ["the free plan's budget", 50, 1024 * MiB, 23, 1],
    ["the free plan's budget, a smaller source", 50, 300 * MiB, 8, 4],
    ["a stream of unknown length", undefined, undefined, 8, 4],
    ["a stream of unknown length on the free plan", 50, undefined, 16, 2],
    ["a stream of unknown length, a large budget", 10_000, undefined, 8, 4],
  ])("%s", (_name, budget, size, partMiB, concurrency) => {
    expect(fit(budget, size)).toMatchObject({ partSize: partMiB * MiB, concurrency });
  });

  test("the caller's part size grows when it must, and stays when it may", () => {
    expect(fit(50, 1024 * MiB, { partSize: MiB }).partSize).toBe(23 * MiB);
    expect(fit(50, 1024 * MiB, { partSize: 30 * MiB }).partSize).toBe(30 * MiB);
    expect(fit(undefined, 1024 * MiB, { partSize: MiB })).toMatchObject({ partSize: MiB, concurrency: 5 });
    expect(fit(undefined, 1024 * MiB, { concurrency: 2 }).concurrency).toBe(2);
    expect(fit(undefined, 1024 * MiB, { concurrency: 50, partSize: MiB }).concurrency).toBe(5);
  });

  test("refuses what does not fit, with the size that would", () => {
    expect(() => fit(50, 10_240 * MiB)).toThrow(RangeError);
    expect(() => fit(50, 10_240 * MiB)).toThrow(`room for 45 parts of at most ${32 * MiB} bytes`);
    expect(() => fit(50, 10_240 * MiB)).toThrow(`this source has ${10_240 * MiB} bytes`);
  });

  test("with checkpoints, it uploads as many parts as the budget allows", () => {
    expect(fit(50, 10_240 * MiB, { resumable: true }).partSize).toBe(8 * MiB);
  });

  test("with checkpoints, listing many parts counts too", async () => {
    const requested = { resumable: true };
    const endless = { read: async (): Promise<Uint8Array> => new Uint8Array(1) };
    const { source: from } = fit(30, 9500 * 8 * MiB, requested, endless);
    // Ten lists, Complete, and three in reserve.
    for (let part = 0; part < 16; part += 1) await from.read(part, part + 1, new Uint8Array(1));
    await expect(from.read(16, 17, new Uint8Array(1))).rejects.toMatchObject({
      code: "subrequests-exhausted",
    });
  });

  test("memory does not limit bytes that are in memory already", () => {
    expect(fit(50, 10_240 * MiB, {}, { inMemory: true }).partSize).toBe(228 * MiB);
  });

  test("reads of R2 count", () => {
    expect(fit(50, 512 * MiB, {}, { subrequestsPerRead: 1 }).partSize).toBe(24 * MiB);
  });

  test("even a small body needs its request", () => {
    const meter = new SubrequestMeter(8);
    for (let used = 0; used < 7; used += 1) meter.begin();
    expect(() => fitUpload(meter, LIMITS, source(10), REQUESTED)).toThrow("has 1 left");
  });

  test("every accepted upload fits into budget and memory", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 10_000 }),
        fc.integer({ min: 1, max: 200_000 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 128 }),
        (budget, sizeMiB, r2, memoryMiB) => {
          const size = sizeMiB * MiB;
          const limits = { memoryBudget: memoryMiB * MiB, connections: 5 };
          const from = source(size, { subrequestsPerRead: r2 ? 1 : 0 });
          const requested = { ...REQUESTED, threshold: 0 };
          let made: UploadPlan;
          try {
            made = fitUpload(new SubrequestMeter(budget), limits, from, requested);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            return;
          }
          const parts = Math.ceil(size / made.partSize);
          const others = r2 ? 3 : 2;
          expect(parts * (r2 ? 2 : 1) + others).toBeLessThanOrEqual(budget - 2);
          expect(made.partSize * made.concurrency).toBeLessThanOrEqual(limits.memoryBudget);
        },
      ),
    );
  });
});

describe("the source of a fitted upload", () => {
  const into = new Uint8Array(8);
  const endless = { read: async (): Promise<Uint8Array> => into };

  test("of unknown length is refused where its room ends, with what would fit", async () => {
    const { source: from, partSize } = fit(15, undefined, {}, endless);
    for (let part = 0; part < 10; part += 1) await from.read(part * partSize, (part + 1) * partSize, into);
    await expect(from.read(10 * partSize, 11 * partSize, into)).rejects.toMatchObject({
      code: "subrequests-exhausted",
      message: expect.stringContaining(`longer than ${10 * partSize} bytes`),
    });
  });

  test("that ends exactly there is not refused", async () => {
    let reads = 0;
    const read = async (): Promise<Uint8Array> => {
      reads += 1;
      return reads <= 10 ? into : new Uint8Array(0);
    };
    const { source: from, partSize } = fit(15, undefined, {}, { read });
    for (let part = 0; part < 11; part += 1) await from.read(part * partSize, (part + 1) * partSize, into);
    expect(reads).toBe(11);
  });

  test("with checkpoints pauses when all that is under way has ended", async () => {
    const meter = new SubrequestMeter(15);
    const requested = { ...REQUESTED, resumable: true };
    const { source: from } = fitUpload(meter, LIMITS, source(8000 * MiB, endless), requested);
    for (let part = 0; part < 10; part += 1) await from.read(part, part + 1, into);
    const end = meter.begin();
    let paused = false;
    const pause = from.read(10, 11, into).catch((error: unknown) => {
      paused = true;
      return error;
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(paused).toBe(false);
    end();
    expect(await pause).toMatchObject({ code: "subrequests-exhausted", retryable: true });
  });

  test("reserves the subrequests it needs until it is closed", async () => {
    const meter = new SubrequestMeter(50);
    const { source: from } = fitUpload(meter, LIMITS, source(160 * MiB, endless), REQUESTED);
    // Twenty parts and Complete.
    expect(meter.available).toBe(29);
    await from.read(0, 8 * MiB, into);
    expect(meter.available).toBe(30);
    await from.close();
    expect(meter.available).toBe(50);
  });
});
