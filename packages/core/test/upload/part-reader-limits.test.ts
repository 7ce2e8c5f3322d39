import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import type { ReaderOptions } from "../../src/upload/filled-part.ts";
import { PartReader } from "../../src/upload/part-reader.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { caughtAs } from "../support/caught.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { CAPACITY, expectNothingHeld, planOf, readAll, rig, signal } from "./part-reader-rig.ts";

/** Streams that can be interrupted are read through a filler when there are options, and directly without. */
const ways: [string, (options: ReaderOptions) => ReaderOptions | undefined][] = [
  ["interruptible", (options) => options],
  ["read directly", () => undefined],
];

describe.each(ways)("a stream of declared length, %s", (_, given) => {
  const open = async (bytes: number, declared: number) => {
    const { core, options } = await rig();
    const source = streamSource(new Blob([pattern(bytes)]).stream(), declared);
    const reader = new PartReader({ source, core, partSize: KB, plan: planOf(declared) }, given(options));
    return { core, reader };
  };

  test("ends with its last part, and is known to have ended when that was asked for", async () => {
    const { core, reader } = await open(2.5 * KB, 2.5 * KB);
    const lengths: number[] = [];
    for (let number = 1; number <= 3; number += 1) {
      expect(reader.ended).toBe(false);
      const part = await reader.next(signal);
      lengths.push(part?.bytes.length ?? -1);
      part?.release();
    }
    expect(lengths).toEqual([KB, KB, KB / 2]);
    expect(await reader.next(signal)).toBeUndefined();
    expect(reader.ended).toBe(true);
    expect(await reader.next(signal)).toBeUndefined();
    await expectNothingHeld(core);
  });

  test("of one part is checked for more before the part is given away", async () => {
    const { core, reader } = await open(KB, KB);
    const part = await reader.next(signal);
    expect(part?.bytes.length).toBe(KB);
    expect(reader.ended).toBe(true);
    part?.release();
    const longer = await open(KB + 1, KB);
    const error = await caughtAs(longer.reader.next(signal), SourceError);
    expect(error).toMatchObject({ code: "source-length" });
    expect(error.message).toContain(`longer than the ${KB} bytes`);
    await expectNothingHeld(longer.core);
    await expectNothingHeld(core);
  });

  test("that goes on after several parts fails after the last, which has been read", async () => {
    const { core, reader } = await open(2 * KB + 1, 2 * KB);
    for (const number of [1, 2]) {
      const part = await reader.next(signal);
      expect(part?.partNumber).toBe(number);
      part?.release();
    }
    const error = await caughtAs(reader.next(signal), SourceError);
    expect(error.message).toContain(`longer than the ${2 * KB} bytes`);
    await expectNothingHeld(core);
  });

  test("that ends early says after how many bytes, and holds no memory", async () => {
    const { core, reader } = await open(1.5 * KB, 3 * KB);
    (await reader.next(signal))?.release();
    const error = await caughtAs(reader.next(signal), SourceError);
    expect(error.message).toContain(`after ${1.5 * KB} of ${3 * KB} bytes`);
    await expectNothingHeld(core);
  });

  test("of no bytes is one empty part", async () => {
    const { reader } = await open(0, 0);
    expect(await reader.next(signal)).toMatchObject({ partNumber: 1, bytes: new Uint8Array(0) });
    expect(await reader.next(signal)).toBeUndefined();
  });

  test("has longer parts when equal ones would be more than 10 000", async () => {
    const { core, options } = await rig();
    const size = 20_000;
    const source = streamSource(new Blob([pattern(size)]).stream(), size);
    const reader = new PartReader({ source, core, partSize: 1, plan: planOf(size, 1) }, given(options));
    const parts = await readAll(reader);
    expect(parts.length).toBe(10_000);
    expect(parts.slice(0, 2).map(({ bytes }) => bytes.length)).toEqual([2, 2]);
    expect(parts.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(size);
  });
});

describe("parts of given lengths", () => {
  test("are what lengthOf says for each number, at most what is left", async () => {
    const { core, options } = await rig();
    const lengthOf = (partNumber: number): number => partNumber * KB;
    for (const [size, plan] of [
      [undefined, undefined],
      [7 * KB, planOf(7 * KB)],
    ] as const) {
      const source = streamSource(new Blob([pattern(7 * KB)]).stream(), size);
      const reader = new PartReader({ source, core, partSize: KB, plan }, { ...options, lengthOf });
      expect((await readAll(reader)).map(({ bytes }) => bytes.length / KB)).toEqual([1, 2, 3, 1]);
      expect(reader.ended).toBe(true);
    }
  });

  test("that are 10 000 and not enough fail with the length of the last one", async () => {
    const { core, options } = await rig();
    const source = streamSource(new Blob([pattern(10_001 + 5)]).stream(), undefined);
    const lengthOf = (partNumber: number): number => (partNumber === 10_000 ? 6 : 1);
    const reader = new PartReader({ source, core, partSize: 1, plan: undefined }, { ...options, lengthOf });
    const error = await caughtAs(readAll(reader), SourceError);
    expect(error).toMatchObject({
      code: "source-length",
      message: expect.stringMatching(/10005 .* 6 bytes/),
    });
    expect(reader.ended).toBe(true);
    await expectNothingHeld(core);
  });

  test("that are 10 000 and just enough end there", async () => {
    const { core, options } = await rig();
    const source = streamSource(new Blob([pattern(10_000)]).stream(), undefined);
    const reader = new PartReader({ source, core, partSize: 1, plan: undefined }, options);
    expect((await readAll(reader)).length).toBe(10_000);
    expect(reader.ended).toBe(true);
  });
});

describe("a stream of unknown length", () => {
  /** A stream of so many bytes, with the lengths of the reads that it was asked for. */
  function counted(bytes: number, interrupt?: () => void) {
    const asked: number[] = [];
    const all = pattern(bytes);
    const source: ByteSource = {
      size: undefined,
      fingerprint: undefined,
      access: "sequential",
      inMemory: false,
      ...(interrupt === undefined ? {} : { interrupt }),
      read: async (start, end, into) => {
        asked.push(end - start);
        const part = all.subarray(start, end);
        into.set(part);
        return into.subarray(0, part.length);
      },
      changed: async () => false,
      close: async () => {},
    };
    return { source, asked };
  }

  test("that cannot be interrupted is read part by part", async () => {
    const { core, options } = await rig();
    const { source, asked } = counted(2.5 * KB);
    const reader = new PartReader({ source, core, partSize: KB, plan: undefined }, options);
    expect((await readAll(reader)).length).toBe(3);
    expect(asked).toEqual([KB, KB, KB]);
  });

  test.each(ways)("that has ended is not read again, %s", async (_, given) => {
    const { core, options } = await rig();
    const { source, asked } = counted(2.5 * KB, () => {});
    const reader = new PartReader({ source, core, partSize: KB, plan: undefined }, given(options));
    await readAll(reader);
    const reads = asked.length;
    expect(await reader.next(signal)).toBeUndefined();
    expect(await reader.next(signal)).toBeUndefined();
    expect(asked.length).toBe(reads);
  });
});

describe("parts above the memory budget", () => {
  test("need no listener", async () => {
    const { core, large, options } = await rig();
    const length = CAPACITY + 1;
    const file = new TestFile(pattern(length));
    const more = { ...options, onOversize: undefined };
    const parts = { source: file, core, partSize: length, plan: planOf(length, length) };
    expect((await new PartReader(parts, more).next(signal))?.core).toBe(large);
  });

  test("cannot be read without the core that has room for them", async () => {
    const { core } = await rig();
    const length = CAPACITY + 1;
    const file = new TestFile(pattern(length));
    const reader = new PartReader({ source: file, core, partSize: length, plan: planOf(length, length) });
    expect((await caughtAs(reader.next(signal), RangeError)).message).toContain("exceeds the memory budget");
  });

  test.each([
    ["just fit", CAPACITY, []],
    ["are larger by one byte", CAPACITY + 1, [CAPACITY + 1]],
  ])("of a file that %s", async (_, length, expected) => {
    const { core, large, options, seen } = await rig();
    const file = new TestFile(pattern(length));
    const plan = planOf(length, length);
    const reader = new PartReader({ source: file, core, partSize: length, plan }, options);
    const part = await reader.next(signal);
    expect(part?.core).toBe(expected.length === 0 ? core : large);
    expect(part?.bytes).toEqual(file.bytes);
    expect(seen).toEqual({ cores: expected, oversize: expected });
    part?.release();
    await expectNothingHeld(core);
    await expectNothingHeld(large);
  });

  test("of bytes in memory need none", async () => {
    const { core, options, seen } = await rig();
    const bytes = pattern(2 * CAPACITY);
    const source = bytesSource(bytes);
    const plan = planOf(bytes.length, bytes.length);
    const reader = new PartReader({ source, core, partSize: bytes.length, plan }, options);
    expect((await reader.next(signal))?.core).toBe(core);
    expect(seen).toEqual({ cores: [], oversize: [] });
  });
});
