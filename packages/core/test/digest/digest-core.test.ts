import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { DigestCore } from "../../src/digest/digest-core.ts";
import { toHex } from "../../src/text/hex.ts";
import { createCore, MB } from "../support/core.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern, Random } from "../support/random.ts";
import { vectors } from "../support/vectors.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

let clock: VirtualClock;
let core: DigestCore;

beforeAll(async () => {
  clock = new VirtualClock();
  core = await createCore(8 * MB, clock);
});

/** The bytes, in the arena or outside it. */
async function place(
  bytes: Uint8Array,
  inArena: boolean,
): Promise<{ bytes: Uint8Array; release: () => void }> {
  if (!inArena) return { bytes, release: () => {} };
  const buffer = await core.arena.allocate(bytes.length);
  buffer.bytes.set(bytes);
  return buffer;
}

describe.each([true, false])("DigestCore, bytes in the arena: %s", (inArena) => {
  test("crc64() agrees with hash-wasm for any length and any split", async () => {
    const random = new Random(3);
    for (const length of [0, 1, 15, 16, 63, 64, 65, 4095, 65_536, 262_143, 262_144, 262_145, 700_001]) {
      const placed = await place(pattern(length, length + 1), inArena);
      const cut = random.between(0, length);
      const whole = core.crc64(placed.bytes);
      expect(whole, String(length)).toBe(crc64Of(placed.bytes));
      const front = core.crc64(placed.bytes.subarray(0, cut));
      expect(core.crc64(placed.bytes.subarray(cut), front), `${length} cut at ${cut}`).toBe(whole);
      expect(core.combine(front, core.crc64(placed.bytes.subarray(cut)), length - cut)).toBe(whole);
      placed.release();
    }
  });

  test("digest() gives the MD5 only when asked", async () => {
    const placed = await place(pattern(100_000), inArena);
    expect(await clock.run(core.digest(placed.bytes, false))).toEqual({
      crc64: crc64Of(placed.bytes),
      md5: undefined,
    });
    const { md5 } = await clock.run(core.digest(placed.bytes, true));
    expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(placed.bytes));
    placed.release();
  });

  test("digest() of random parallel jobs agrees with node:crypto", async () => {
    const lengths = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 300_000 })),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        lengths,
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
        async (sizes, delays) => {
          const jobs = sizes.map(async (size, index) => {
            const delay = delays[index] ?? 0;
            if (delay > 0) await clock.sleep(delay);
            const placed = await place(pattern(size, index + size), inArena);
            const { md5, crc64 } = await core.digest(placed.bytes, true);
            expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(placed.bytes));
            expect(crc64).toBe(crc64Of(placed.bytes));
            placed.release();
          });
          await clock.run(Promise.all(jobs));
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("digest() keeps parallel jobs in and out of the arena apart", async () => {
  const random = new Random(11);
  const jobs = Array.from({ length: 24 }, async (_, index) => {
    const placed = await place(pattern(random.between(0, 250_000), index + 1), index % 2 === 0);
    const { md5 } = await core.digest(placed.bytes, true);
    expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(placed.bytes));
    placed.release();
  });
  await clock.run(Promise.all(jobs));
});

test.each(vectors.crc64ecma)("crc64() of the documented example %j", ({ ascii, utf8, repeat, crc64ecma }) => {
  const text = utf8 ?? ascii ?? repeat?.[0].repeat(repeat[1]) ?? "";
  expect(String(core.crc64(new TextEncoder().encode(text)))).toBe(crc64ecma);
});

test("digest() yields to other work between its turns", async () => {
  const large = pattern(6 * MB);
  let turns = 0;
  const counting = new VirtualClock();
  const watched = await createCore(MB, {
    now: () => counting.now(),
    random: counting.random,
    timer: (delay, fire) => {
      turns += 1;
      return counting.timer(delay, fire);
    },
  });
  const { md5 } = await counting.run(watched.digest(large, true));
  expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(large));
  expect(turns).toBeGreaterThanOrEqual(2);
});

test("digest() hashes 256 KiB at a time where a turn of the event loop takes no millisecond", async () => {
  const counting = new VirtualClock();
  let turns = 0;
  const timer = (delay: number, fire: () => void): (() => void) => counting.timer(delay, fire);
  const quick = {
    now: () => counting.now(),
    random: () => counting.random(),
    timer,
    turn: (fire: () => void) => {
      turns += 1;
      timer(0, fire);
    },
  };
  const bytes = pattern(MB);
  const { md5 } = await counting.run((await createCore(8 * MB, quick)).digest(bytes, true));
  expect([turns, toHex(md5 ?? new Uint8Array(0))]).toEqual([4, md5Of(bytes)]);
});

test("a digest that began before the arena allocated its memory continues after it", async () => {
  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
  const young = await createCore(MB, clock);
  const bytes = pattern(300_000);
  const stream = young.md5Stream();
  stream.update(bytes);
  const lanes = [1, 2, 3].map((seed) => young.digest(pattern(150_000, seed), true));
  const front = young.crc64(bytes);
  expect(grow).not.toHaveBeenCalled();

  const buffer = await young.arena.allocate(bytes.length);
  expect(grow).toHaveBeenCalledTimes(1);
  buffer.bytes.set(bytes);
  stream.update(buffer.bytes);
  expect(toHex(stream.digest())).toBe(md5Of(new Uint8Array([...bytes, ...bytes])));
  expect(young.crc64(bytes, front)).toBe(young.crc64(buffer.bytes, front));
  for (const [index, { md5 }] of (await clock.run(Promise.all(lanes))).entries())
    expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(pattern(150_000, index + 1)));
  grow.mockRestore();
});

describe("Md5Stream", () => {
  test("agrees with node:crypto for any split, in and out of the arena", async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (lengths, inArena) => {
        const stream = core.md5Stream();
        const expected = createHash("md5");
        for (const [index, length] of lengths.entries()) {
          const placed = await place(pattern(length, index + 1), inArena);
          stream.update(placed.bytes);
          expected.update(placed.bytes);
          placed.release();
        }
        expect(toHex(stream.digest())).toBe(expected.digest("hex"));
      }),
      { numRuns: 100 },
    );
  });

  test("keeps its state while other streams and lanes work", async () => {
    const streams = Array.from({ length: 5 }, () => ({ mine: core.md5Stream(), node: createHash("md5") }));
    const lanes = Array.from({ length: 6 }, (_, index) => core.digest(pattern(150_000, index + 50), true));
    for (let round = 0; round < 20; round += 1) {
      for (const [index, { mine, node }] of streams.entries()) {
        const bytes = pattern(1000 + round * 37 + index, round * 5 + index + 1);
        mine.update(bytes);
        node.update(bytes);
      }
    }
    const digests = await clock.run(Promise.all(lanes));
    digests.forEach(({ md5 }, index) => {
      expect(toHex(md5 ?? new Uint8Array(0))).toBe(md5Of(pattern(150_000, index + 50)));
    });
    for (const { mine, node } of streams) expect(toHex(mine.digest())).toBe(node.digest("hex"));
  });
});
