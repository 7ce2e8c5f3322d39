import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Arena } from "../../src/digest/arena.ts";
import type { PartBuffer } from "../../src/digest/part-buffer.ts";
import { caught } from "../support/caught.ts";

const PAGE = 4096;

function arenaOf(pages: number): Arena {
  return new Arena(() => new ArrayBuffer((pages + 2) * PAGE), PAGE, pages * PAGE);
}

/** The buffer if it was granted at once. */
async function granted(promise: Promise<PartBuffer>): Promise<PartBuffer | undefined> {
  const nothing = Promise.resolve(undefined);
  return Promise.race([promise, nothing.then(() => nothing)]);
}

describe("Arena", () => {
  test("gives exactly the bytes that were asked for", async () => {
    const arena = arenaOf(4);
    for (const length of [0, 1, PAGE, PAGE + 1]) {
      const buffer = await arena.allocate(length);
      expect([buffer.bytes.length, buffer.bytes.byteOffset % PAGE]).toEqual([length, 0]);
      buffer.release();
    }
  });

  test("never gives the same memory to two holders, and all of it comes back", async () => {
    const step = fc.record({
      release: fc.boolean(),
      pick: fc.nat(),
      length: fc.integer({ min: 0, max: 6 * PAGE }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const arena = arenaOf(8);
        const held = new Set<PartBuffer>();
        const waiting: Promise<unknown>[] = [];
        for (const { release, pick, length } of steps) {
          if (release) [...held][pick % Math.max(1, held.size)]?.release();
          const gone = release ? [...held][pick % Math.max(1, held.size)] : undefined;
          if (gone !== undefined) held.delete(gone);
          if (!release) waiting.push(arena.allocate(length).then((buffer) => held.add(buffer)));
          await Promise.resolve();
          await Promise.resolve();
          expectApart([...held]);
        }
        while (waiting.length > 0 && held.size > 0) {
          for (const buffer of held) buffer.release();
          held.clear();
          await new Promise(setImmediate);
        }
        await Promise.all(waiting);
        for (const buffer of held) buffer.release();
        expect((await arena.allocate(8 * PAGE)).bytes.length).toBe(8 * PAGE);
        expect(arena.highWater).toBeLessThanOrEqual(arena.capacity);
      }),
      { numRuns: 300 },
    );
  });

  test("serves in the order of asking: small requests do not overtake a large one", async () => {
    const arena = arenaOf(4);
    const first = await arena.allocate(3 * PAGE);
    const order: string[] = [];
    const large = arena.allocate(4 * PAGE).then((buffer) => {
      order.push("large");
      return buffer;
    });
    const small = arena.allocate(PAGE).then((buffer) => {
      order.push("small");
      return buffer;
    });
    expect(await granted(small)).toBeUndefined();
    first.release();
    (await large).release();
    (await small).release();
    expect(order).toEqual(["large", "small"]);
  });

  test("joins neighbours that come back in any order", async () => {
    const arena = arenaOf(6);
    const buffers = await Promise.all(Array.from({ length: 6 }, () => arena.allocate(PAGE)));
    for (const index of [3, 0, 5, 1, 4, 2]) buffers[index]?.release();
    expect((await arena.allocate(6 * PAGE)).bytes.length).toBe(6 * PAGE);
  });

  test("ignores a second release", async () => {
    const arena = arenaOf(2);
    const first = await arena.allocate(PAGE);
    first.release();
    const second = await arena.allocate(2 * PAGE);
    first.release();
    expect(await granted(arena.allocate(PAGE))).toBeUndefined();
    second.release();
  });

  test("records the largest number of bytes held at the same time", async () => {
    const arena = arenaOf(4);
    const [one, two] = await Promise.all([arena.allocate(PAGE), arena.allocate(2 * PAGE - 1)]);
    one?.release();
    two?.release();
    (await arena.allocate(1)).release();
    expect(arena.highWater).toBe(3 * PAGE);
  });

  test("allocates its memory for the first buffer, and tries again after a failed allocation", async () => {
    const none = new RangeError("no such memory");
    const memory = new ArrayBuffer(2 * PAGE);
    const reserve = vi
      .fn((): ArrayBuffer => memory)
      .mockImplementationOnce(() => {
        throw none;
      });
    const arena = new Arena(reserve, 0, 2 * PAGE);
    expect(reserve).not.toHaveBeenCalled();
    expect(await caught(arena.allocate(PAGE))).toBe(none);
    const buffers = await Promise.all([arena.allocate(PAGE), arena.allocate(PAGE)]);
    expect(buffers[0].bytes.buffer).toBe(buffers[1].bytes.buffer);
  });

  test("refuses what can never fit", async () => {
    expect(await caught(arenaOf(2).allocate(2 * PAGE + 1))).toBeInstanceOf(RangeError);
  });
});

describe("Arena and an abort", () => {
  test("rejects a waiting request, and serves the next one", async () => {
    const arena = arenaOf(2);
    const first = await arena.allocate(PAGE);
    const controller = new AbortController();
    const reason = new Error("enough");
    const large = arena.allocate(2 * PAGE, controller.signal);
    const small = arena.allocate(PAGE);
    controller.abort(reason);
    expect(await caught(large)).toBe(reason);
    expect((await small).bytes.length).toBe(PAGE);
    first.release();
  });

  test("rejects at once when it came before", async () => {
    const reason = new Error("enough");
    expect(await caught(arenaOf(2).allocate(1, AbortSignal.abort(reason)))).toBe(reason);
  });

  test("does nothing to a buffer that was granted, and leaves no listener", async () => {
    const arena = arenaOf(2);
    const controller = new AbortController();
    const buffer = await arena.allocate(2 * PAGE, controller.signal);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    controller.abort();
    expect(await granted(arena.allocate(PAGE))).toBeUndefined();
    buffer.release();
  });
});

function expectApart(buffers: readonly PartBuffer[]): void {
  const ends = buffers
    .map(({ bytes }) => [bytes.byteOffset, bytes.byteOffset + Math.max(1, bytes.length)] as const)
    .sort(([a], [b]) => a - b);
  ends.forEach(([start], index) => {
    if (index > 0) expect(start).toBeGreaterThanOrEqual(ends[index - 1]?.[1] ?? 0);
  });
}
