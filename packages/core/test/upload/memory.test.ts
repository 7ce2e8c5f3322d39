import { describe, expect, test } from "vitest";
import { upload } from "../../src/upload/uploader.ts";
import { createCore } from "../support/core.ts";
import { MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { KB, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

describe("twenty uploads that share one memory budget", () => {
  test.each([
    [16 * KB, 4 * KB],
    [64 * KB, 8 * KB],
    [40 * KB, 12 * KB],
  ])("of %i bytes stay within it, in parts of %i, and all succeed", async (budget, partSize) => {
    const clock = new VirtualClock();
    const core = await createCore(budget, clock);
    const common = { ...UPLOAD_OPTIONS, partSize, threshold: KB, concurrency: 5, enableMd5: true };
    const uploads = Array.from({ length: 20 }, async (_, index) => {
      const bytes = pattern(20 * KB + index * 777, index + 1);
      const target = new MemoryTarget(clock);
      target.latencyMs = () => 5 + index;
      const source =
        index % 2 === 0 ? new TestFile(bytes) : streamSource(new Blob([bytes]).stream(), undefined);
      await upload(target, source, common, { clock, partUnit: KB, digestCoreFor: async () => core });
      expect(md5Of(target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
    });
    await clock.run(Promise.all(uploads));
    expect(core.arena.highWater).toBeLessThanOrEqual(budget);
    expect(core.arena.highWater).toBeGreaterThan(budget / 2);
    expect((await core.arena.allocate(budget)).bytes.length).toBe(budget);
  });
});
