import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import type { Uploaded } from "../../src/upload/uploaded.ts";
import { upload } from "../../src/upload/uploader.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const PART = 8 * KB;
const BUDGET = 64 * KB;
const SILENT = 200;

/** A stream that yields these bytes and then stalls until the test continues it. */
function silentAfter(bytes: Uint8Array, then: Promise<Uint8Array | undefined> = new Promise(() => {})) {
  return async function* (): AsyncGenerator<Uint8Array> {
    if (bytes.length > 0) yield bytes;
    const rest = await then;
    if (rest !== undefined) yield rest;
  };
}

/** Uploads that share one memory budget. */
async function sharedMemory() {
  const clock = new VirtualClock();
  const core = await createCore(BUDGET, clock);
  const start = (source: ByteSource, changes: Partial<typeof UPLOAD_OPTIONS> = {}) => {
    const target = new MemoryTarget(clock);
    const options = { ...UPLOAD_OPTIONS, partSize: PART, threshold: 4 * KB, ...changes };
    return {
      target,
      done: upload(target, source, options, { clock, partUnit: KB, digestCoreFor: async () => core }),
    };
  };
  return { clock, core, start };
}

type Shared = Awaited<ReturnType<typeof sharedMemory>>;

/** The complete upload and its duration in virtual time. */
async function honest({ clock, start }: Shared, source: ByteSource): Promise<[Uploaded, number]> {
  const began = clock.now();
  const { done } = start(source);
  const uploaded = await clock.run(done);
  return [uploaded, clock.now() - began];
}

const content = pattern(100 * KB);
const honestSources: [string, () => ByteSource][] = [
  ["a file", () => new TestFile(content)],
  ["a stream", () => streamSource(new Blob([content]).stream(), undefined)],
];
const silentStreams: [string, number, number | undefined][] = [
  ["no byte", 0, undefined],
  ["one byte", 1, undefined],
  ["a part less one byte", PART - 1, undefined],
  ["a declared part less one byte", PART - 1, PART],
  ["a part less one byte of a declared length", 4 * KB - 1, 20 * KB],
  ["three parts and a half", 3.5 * PART, undefined],
];

describe.each(honestSources)("%s beside 200 stalled streams", (_, source) => {
  test.each(silentStreams)("after %s ends within twice its time alone", async (_name, given, size) => {
    const [, alone] = await honest(await sharedMemory(), source());
    const shared = await sharedMemory();
    for (let index = 0; index < SILENT; index += 1) {
      const { done } = shared.start(streamSource(silentAfter(pattern(given, index))(), size), {
        concurrency: 5,
      });
      done.catch(() => {});
    }
    await shared.clock.advance(60_000);
    const [uploaded, beside] = await honest(shared, source());
    expect(uploaded.size).toBe(content.length);
    expect(beside).toBeLessThanOrEqual(2 * alone);
  });
});

describe("a stream that continues after a stall", () => {
  test.each([0, 1, 500, KB, 3 * KB, PART - 1, PART, PART + 1, 2.5 * PART])(
    "is stored whole when it became silent after %i bytes, whichever upload had its memory meanwhile",
    async (given) => {
      const shared = await sharedMemory();
      const uploads = Array.from({ length: 20 }, (_, index) => {
        const bytes = pattern(given + 5 * KB + index, index + 1);
        let goOn: (rest: Uint8Array) => void = () => {};
        const rest = new Promise<Uint8Array>((resolve) => {
          goOn = resolve;
        });
        const size = index % 2 === 0 ? undefined : bytes.length;
        const { target, done } = shared.start(
          streamSource(silentAfter(bytes.subarray(0, given), rest)(), size),
        );
        return { bytes, target, done, goOn: () => goOn(bytes.subarray(given)) };
      });
      await shared.clock.advance(30_000);
      await honest(shared, new TestFile(content));
      for (const { goOn } of uploads.reverse()) goOn();
      await shared.clock.run(Promise.all(uploads.map(({ done }) => done)));
      for (const { bytes, target } of uploads)
        expect(md5Of(target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
      expect((await shared.core.arena.allocate(BUDGET)).bytes.length).toBe(BUDGET);
      expect(shared.core.arena.spill(BUDGET / 2)).toBeDefined();
    },
  );
});

test("a stalled stream keeps its buffer while no other upload needs it, and is not split into short parts", async () => {
  const { clock, start } = await sharedMemory();
  const bytes = pattern(2.5 * PART);
  let goOn: (rest: Uint8Array) => void = () => {};
  const rest = new Promise<Uint8Array>((resolve) => {
    goOn = resolve;
  });
  const { done } = start(streamSource(silentAfter(bytes.subarray(0, 1.5 * PART), rest)(), undefined));
  await clock.advance(3_600_000);
  goOn(bytes.subarray(1.5 * PART));
  expect(await clock.run(done)).toMatchObject({ partsSent: 3, size: bytes.length });
});

describe("sourceIdleMs", () => {
  test.each([0, 1, 700, KB, 3 * KB, 5 * KB + 1])(
    "ends a stream that is silent after %i bytes",
    async (given) => {
      const rig = await createRig();
      const began = rig.clock.now();
      const work = rig.run(streamSource(silentAfter(pattern(given))(), undefined), {
        sourceIdleMs: 60_000,
        checkpoints: undefined,
      });
      const error = await caughtAs(work, SourceError);
      expect(error).toMatchObject({ code: "source-unreadable", retryable: false });
      expect(error.message).toContain("no bytes for 60 s");
      expect(error.hint).toContain("sourceIdleMs");
      expect(rig.clock.now() - began).toBeGreaterThanOrEqual(60_000);
      expect(rig.clock.now() - began).toBeLessThan(77_000);
      expect([rig.target.object, rig.target.uploads.size]).toEqual([undefined, 0]);
      expect((await rig.core.arena.allocate(rig.core.arena.capacity)).bytes.length).toBe(256 * KB);
    },
  );

  test("ends a stream that does not end at its declared length", async () => {
    const rig = await createRig();
    const source = streamSource(silentAfter(pattern(6 * KB))(), 6 * KB);
    const error = await caught(rig.run(source, { sourceIdleMs: 60_000, checkpoints: undefined }));
    expect(error).toMatchObject({ code: "source-unreadable" });
    expect(rig.target.countOf("complete")).toBe(0);
  });

  test("does not end a slow stream that still yields bytes", async () => {
    const rig = await createRig();
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 40; index += 1) {
        await rig.clock.sleep(50_000);
        yield pattern(100, index);
      }
    }
    expect(await rig.run(streamSource(slow(), undefined), { sourceIdleMs: 60_000 })).toMatchObject({
      size: 4000,
    });
  });
});
