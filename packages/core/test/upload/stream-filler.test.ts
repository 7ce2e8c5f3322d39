import { describe, expect, test, vi } from "vitest";
import type { InterruptibleSource } from "../../src/upload/filled-part.ts";
import { StreamFiller } from "../../src/upload/stream-filler.ts";
import { createCore } from "../support/core.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { KB } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();
const PART = 8 * KB;
const content = pattern(PART);

/** A stream, and memory for one part at a time, which another upload can want. */
async function rig(
  chunks: (clock: VirtualClock) => AsyncGenerator<Uint8Array>,
  observe: (source: InterruptibleSource) => InterruptibleSource = (source) => source,
  sourceIdleMs?: number,
) {
  const clock = new VirtualClock();
  const core = await createCore(PART, clock);
  // Every source of a stream can be interrupted.
  const source = observe(streamSource(chunks(clock), undefined) as InterruptibleSource);
  const digestCoreFor = vi.fn(async () => core);
  const options = { clock, sourceIdleMs, digestCoreFor };
  return { clock, core, digestCoreFor, filler: new StreamFiller(source, core, options, {}) };
}

/** Gives `length` bytes at once, and the rest of a part an hour later. */
function silentAfter(length: number) {
  return async function* (clock: VirtualClock): AsyncGenerator<Uint8Array> {
    yield content.subarray(0, length);
    await clock.sleep(3_600_000);
    yield content.subarray(length);
  };
}

/** Gives so many bytes at a time, with a pause after each, until the part is full. */
function steady(length: number, pauseMs = 100) {
  return async function* (clock: VirtualClock): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < PART; at += length) {
      yield content.subarray(at, at + length);
      await clock.sleep(pauseMs);
    }
  };
}

describe("a stream that is silent while another upload waits for memory", () => {
  test.each([3 * KB, 3 * KB - 1])(
    "ends its part where it is when it has 3 KB of the %i bytes that a part needs",
    async (least) => {
      const { clock, core, filler } = await rig(silentAfter(3 * KB));
      const filling = filler.fill(PART, least, signal);
      await clock.advance(1_000);
      const other = await clock.run(core.arena.allocate(PART));
      const part = await clock.run(filling);
      expect([part.bytes.length, part.ended]).toEqual([3 * KB, false]);
      expect(Buffer.compare(part.bytes, content.subarray(0, 3 * KB))).toBe(0);
      expect(other.bytes.length).toBe(PART);
    },
  );

  test.each([
    ["may not be cut", undefined],
    ["is still too short", 3 * KB + 1],
  ])("gives its buffer up, and goes on in memory of its own, when the part %s", async (_, least) => {
    const { clock, core, filler } = await rig(silentAfter(3 * KB));
    const filling = filler.fill(PART, least, signal);
    await clock.advance(1_000);
    const other = await clock.run(core.arena.allocate(PART));
    other.release();
    const part = await clock.run(filling);
    expect([part.bytes.length, part.ended]).toEqual([PART, false]);
    expect(Buffer.compare(part.bytes, content)).toBe(0);
  });

  test.each([
    ["the least that a part needs, and then ends there", 5 * KB, 5 * KB],
    ["a little, where it may not be cut, and then moves in again", undefined, 3 * KB + PART / 16],
  ])("has room outside for %s", async (_, least, end) => {
    const asked: number[] = [];
    const { clock, core, filler } = await rig(silentAfter(3 * KB), (source) => ({
      ...source,
      read: (from, to, into, stop) => {
        asked.push(to);
        return source.read(from, to, into, stop);
      },
      interrupt: () => source.interrupt?.(),
    }));
    const filling = filler.fill(PART, least, signal);
    await clock.advance(1_000);
    const other = await clock.run(core.arena.allocate(PART));
    await clock.advance(1_000);
    expect(asked.at(-1)).toBe(end);
    other.release();
    await clock.run(filling);
  });
});

test("a silent stream that has no buffer yet gets no more memory while others wait for theirs", async () => {
  const asked: number[] = [];
  const observe = (source: InterruptibleSource): InterruptibleSource => ({
    ...source,
    read: (from, to, into, stop) => {
      asked.push(to);
      return source.read(from, to, into, stop);
    },
    interrupt: () => source.interrupt?.(),
  });
  const { clock, core, filler } = await rig(silentAfter(100), observe, 2 * 3_600_000);
  const first = await core.arena.allocate(PART);
  const second = core.arena.allocate(PART);
  const filling = filler.fill(PART, undefined, signal);
  // It is looked at, and has given nothing.
  await clock.advance(45 * 60_000);
  expect(new Set(asked)).toEqual(new Set([PART / 16]));
  first.release();
  (await clock.run(second)).release();
  expect((await clock.run(filling)).bytes.length).toBe(PART);
});

test.each([
  ["is never interrupted before it has a buffer", 100, 0],
  // The first check finds what it had given, the second nothing.
  ["is not interrupted any more after the check that finds it silent", 3 * KB, 2],
])("a stream whose buffer nobody wants %s", async (_, length, times) => {
  const sources: InterruptibleSource[] = [];
  const { clock, filler } = await rig(silentAfter(length), (source) => {
    sources.push(source);
    return source;
  });
  const interrupts = sources.map((source) => vi.spyOn(source, "interrupt"));
  const filling = filler.fill(PART, KB, signal);
  await clock.advance(10_000);
  expect(interrupts.map(({ mock }) => mock.calls.length)).toEqual([times]);
  await clock.run(filling);
});

test("a part that fills the shared memory asks for no other memory", async () => {
  const { clock, digestCoreFor, filler } = await rig(steady(PART / 16));
  expect((await clock.run(filler.fill(PART, KB, signal))).bytes.length).toBe(PART);
  expect(digestCoreFor).not.toHaveBeenCalled();
});

describe("a stream that goes on while another upload waits for memory", () => {
  test.each([PART / 256, PART / 16])("keeps its buffer when it gives %i bytes in 100 ms", async (length) => {
    const { clock, core, filler } = await rig(steady(length));
    const filling = filler.fill(PART, KB, signal);
    // It has its buffer by then.
    await clock.advance(1_700);
    const waiting = core.arena.allocate(PART, signal);
    const part = await clock.run(filling);
    expect([part.bytes.length, Buffer.compare(part.bytes, content)]).toEqual([PART, 0]);
    part.release();
    expect((await clock.run(waiting)).bytes.length).toBe(PART);
  });

  test("keeps its buffer when the other comes after a check, before the next chunk", async () => {
    const { clock, core, filler } = await rig(steady(PART / 16, 60));
    const filling = filler.fill(PART, KB, signal);
    // Checks are at 300 and 400 ms, chunks at 360 and 420 ms.
    await clock.advance(405);
    const waiting = core.arena.allocate(PART, signal);
    const part = await clock.run(filling);
    expect(part.bytes.length).toBe(PART);
    part.release();
    expect((await clock.run(waiting)).bytes.length).toBe(PART);
  });

  test("gives its buffer up when it gives fewer", async () => {
    const { clock, core, filler } = await rig(steady(PART / 512));
    const filling = filler.fill(PART, KB, signal);
    await clock.advance(3_400);
    const began = clock.now();
    const other = await clock.run(core.arena.allocate(PART));
    expect(clock.now() - began).toBeLessThanOrEqual(100);
    other.release();
    expect((await clock.run(filling)).bytes.length).toBe(PART);
  });
});
