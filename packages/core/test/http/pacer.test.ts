import { describe, expect, test } from "vitest";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { inBlocks, type Left } from "../support/paced-wire.ts";
import { pattern } from "../support/random.ts";
import { KB } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { wireCos } from "../support/wire-cos.ts";

const LIMIT = 100 * KB;
/** Bytes that stand for one MB. */
const MB = 64 * KB;

function rig({ limit = LIMIT, metered = true, paces = true } = {}) {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  target.minimumPart = MB;
  const left: Left[] = [];
  const { runtime, sent } = wireCos(clock, target);
  const defaults = { ...runtime.defaults, partUnit: MB, concurrency: 5 };
  const wire = { ...runtime, defaults };
  const cos = clientOf(paces ? inBlocks(wire, clock, left, metered) : wire, clock, { bandwidthLimit: limit });
  return { clock, target, left, sent, cos };
}

/** The most bytes that left within any `ms`. */
function mostWithin(left: readonly Left[], ms: number): number {
  return Math.max(
    ...left.map(({ atMs: from }) =>
      left.reduce((sum, { atMs, bytes }) => (atMs >= from && atMs < from + ms ? sum + bytes : sum), 0),
    ),
  );
}

describe("bandwidthLimit", () => {
  test.each([true, false])("is kept by all parts together, evenly (metered: %s)", async (metered) => {
    const { clock, target, left, cos } = rig({ metered });
    const start = clock.now();
    const bytes = pattern(21 * MB);
    await clock.run(cos.uploadFile({ Bucket, Key, Body: bytes }));
    expect(target.object?.bytes.length).toBe(bytes.length);
    const seconds = (clock.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(0.98 * (bytes.length / LIMIT));
    expect(seconds).toBeLessThan(1.1 * (bytes.length / LIMIT));
    expect(mostWithin(left, 1_000)).toBeLessThan(1.1 * LIMIT);
    expect(mostWithin(left, 200)).toBeLessThan(0.35 * LIMIT);
    expect(clock.pending).toBe(0);
  });

  test("is kept by several objects together", async () => {
    const { clock, left, cos } = rig();
    const bodies = Array.from({ length: 20 }, (_, seed) => pattern(30 * KB, seed));
    await clock.run(Promise.all(bodies.map((Body) => cos.putObject({ Bucket, Key, Body }))));
    expect(mostWithin(left, 1_000)).toBeLessThan(1.1 * LIMIT);
    expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(20 * 30 * KB);
  });

  test("holds whole bodies back where the runtime cannot write blocks", async () => {
    const { clock, sent, cos } = rig({ paces: false });
    const start = clock.now();
    await clock.run(cos.uploadFile({ Bucket, Key, Body: pattern(21 * MB) }));
    // The first part has its turn at once.
    expect((clock.now() - start) / 1000).toBeGreaterThan((0.98 * 20 * MB) / LIMIT);
    expect(sent.filter(({ method }) => method === "PUT")).toHaveLength(21);
  });

  test.each([true, false])("ends at an abort, and leaves no timer (blocks: %s)", async (paces) => {
    const { clock, cos } = rig({ paces });
    const controller = new AbortController();
    const reason = new Error("enough");
    clock.timer(2_500, () => controller.abort(reason));
    const work = cos.uploadFile({ Bucket, Key, Body: pattern(21 * MB), signal: controller.signal });
    expect(await caught(clock.run(work))).toBe(reason);
    expect(clock.pending).toBe(0);
  });

  test("lets requests without a body pass", async () => {
    const { clock, cos } = rig({ limit: 16 * KB });
    await clock.run(cos.putObject({ Bucket, Key, Body: "x" }));
    const start = clock.now();
    for (let round = 0; round < 20; round += 1) await clock.run(cos.headObject({ Bucket, Key }));
    expect(clock.now() - start).toBeLessThan(1_000);
  });
});

describe("setBandwidthLimit", () => {
  test("changes the rate of parts under way", async () => {
    const { clock, left, cos } = rig();
    const start = clock.now();
    const half = 10 * MB;
    const upload = cos.uploadFile({ Bucket, Key, Body: pattern(2 * half) });
    const change = new Promise<void>((resolve) => {
      clock.timer((half / LIMIT) * 1000, () =>
        resolve(cos.setBandwidthLimit({ bandwidthLimit: 10 * LIMIT })),
      );
    });
    await clock.run(Promise.all([upload, change]));
    const seconds = (clock.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(1.05 * (half / LIMIT));
    expect(seconds).toBeLessThan(1.2 * (half / LIMIT));
    expect(mostWithin(left, 200)).toBeGreaterThan(LIMIT);
  });

  test("without a limit, bodies no longer wait for each other", async () => {
    const { clock, cos } = rig();
    await cos.setBandwidthLimit({});
    const start = clock.now();
    await clock.run(cos.uploadFile({ Bucket, Key, Body: pattern(20 * MB) }));
    expect(clock.now() - start).toBeLessThan(1_000);
  });

  test("is refused of a client that was made without one", async () => {
    const { clock } = rig();
    const cos = clientOf(wireCos(clock, new MemoryTarget(clock)).runtime, clock);
    const error = await caught(cos.setBandwidthLimit({ bandwidthLimit: 20_000 }));
    expect(error).toMatchObject({ parameter: "bandwidthLimit" });
  });
});
