import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { PartReader } from "../../src/upload/part-reader.ts";
import { checkEnd } from "../../src/upload/source-length.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const { signal } = new AbortController();

async function rig() {
  const clock = new VirtualClock();
  const core = await createCore(16 * KB, clock);
  const planOf = (size: number) => ({ size, partSize: KB, partCount: core.partCount(size, KB) });
  /** Fails unless every part buffer has been given back. */
  const expectNothingHeld = async (): Promise<void> => {
    expect((await core.arena.allocate(core.arena.capacity)).bytes.length).toBe(core.arena.capacity);
  };
  return { clock, core, planOf, expectNothingHeld };
}

/** A stream of so many zeros, as a source; tells how many reads of it are under way. */
function stream(length: number) {
  let at = 0;
  const state = { reading: 0, together: 0 };
  const source: ByteSource = {
    size: undefined,
    fingerprint: undefined,
    access: "sequential",
    inMemory: false,
    read: async (start, end, into) => {
      state.reading += 1;
      state.together = Math.max(state.together, state.reading);
      await Promise.resolve();
      expect(start).toBe(at);
      at = Math.min(end, length);
      state.reading -= 1;
      return into.subarray(0, Math.max(0, at - start));
    },
    changed: async () => false,
    close: async () => {},
  };
  return { source, state };
}

describe("PartReader of a file", () => {
  test("reads for several parallel loops, each part once, the last one shorter", async () => {
    const { core, planOf } = await rig();
    const file = new TestFile(pattern(3.5 * KB));
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    file.onRead = () => gate;
    const reader = new PartReader({ source: file, core, partSize: KB, plan: planOf(file.size) });
    const reads = Promise.all([1, 2, 3, 4, 5].map(() => reader.next(signal)));
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(file.reads.map(([start]) => start / KB)).toEqual([0, 1, 2, 3]);
    release();
    const parts = await reads;
    expect(parts.map((part) => [part?.partNumber, part?.bytes.length])).toEqual([
      [1, KB],
      [2, KB],
      [3, KB],
      [4, KB / 2],
      [undefined, undefined],
    ]);
  });

  test("skips parts that need not be read, at the beginning, in the middle and at the end", async () => {
    const { core, planOf } = await rig();
    const file = new TestFile(pattern(6 * KB));
    const reader = new PartReader({
      source: file,
      core,
      partSize: KB,
      plan: planOf(file.size),
      skipped: new Map([1, 2, 4, 6].map((number) => [number, true])),
    });
    const numbers: (number | undefined)[] = [];
    for (let call = 0; call < 3; call += 1) numbers.push((await reader.next(signal))?.partNumber);
    expect(numbers).toEqual([3, 5, undefined]);
    expect(file.reads.map(([start]) => start / KB)).toEqual([2, 4]);
  });

  test("releases the buffer when the read fails, and when the part is released", async () => {
    const { core, planOf, expectNothingHeld } = await rig();
    const file = new TestFile(pattern(2 * KB));
    const failure = new Error("EIO");
    file.onRead = (start) => {
      if (start === KB) throw failure;
    };
    const reader = new PartReader({ source: file, core, partSize: KB, plan: planOf(file.size) });
    const first = await reader.next(signal);
    expect(await caught(reader.next(signal))).toBe(failure);
    first?.release();
    await expectNothingHeld();
  });

  test("reads in order when the MD5 of the whole is needed, also if a later read would end first", async () => {
    const { clock, core, planOf } = await rig();
    const bytes = pattern(4 * KB);
    const file = new TestFile(bytes);
    file.onRead = (start) => clock.sleep(start === 0 ? 50 : 1);
    const md5 = core.md5Stream();
    const reader = new PartReader({ source: file, core, partSize: KB, plan: planOf(file.size), md5 });
    await clock.run(Promise.all([1, 2, 3, 4].map(() => reader.next(signal))));
    expect(Buffer.from(md5.digest()).toString("hex")).toBe(md5Of(bytes));
  });

  test("continues in order after a failed read", async () => {
    const { core, planOf } = await rig();
    const file = new TestFile(pattern(2 * KB));
    file.onRead = (start) => {
      if (start === 0) throw new Error("EIO");
    };
    const reader = new PartReader({
      source: file,
      core,
      partSize: KB,
      plan: planOf(file.size),
      md5: core.md5Stream(),
    });
    const [failed, next] = [caught(reader.next(signal)), reader.next(signal)];
    expect(await failed).toMatchObject({ message: "EIO" });
    expect((await next)?.partNumber).toBe(2);
  });

  test("needs no buffer for bytes in memory", async () => {
    const { core, planOf, expectNothingHeld } = await rig();
    const bytes = pattern(2 * KB);
    const reader = new PartReader({
      source: bytesSource(bytes),
      core,
      partSize: KB,
      plan: planOf(bytes.length),
    });
    const part = await reader.next(signal);
    expect(part?.bytes.buffer).toBe(bytes.buffer);
    await expectNothingHeld();
    part?.release();
    const failing = { ...bytesSource(bytes), read: () => Promise.reject(new Error("detached")) };
    const broken = new PartReader({ source: failing, core, partSize: KB, plan: planOf(bytes.length) });
    expect(await caught(broken.next(signal))).toMatchObject({ message: "detached" });
  });
});

describe("PartReader of a stream of unknown length", () => {
  test("reads one part after another for any number of loops", async () => {
    const { core } = await rig();
    const { source, state } = stream(2.5 * KB);
    const reader = new PartReader({ source, core, partSize: KB, plan: undefined });
    const parts = await Promise.all([1, 2, 3, 4, 5].map(() => reader.next(signal)));
    expect(parts.map((part) => part?.bytes.length)).toEqual([KB, KB, KB / 2, undefined, undefined]);
    expect(state.together).toBe(1);
  });

  test("ends without an empty part when its length is a multiple of the part size, and releases the buffer", async () => {
    const { core, expectNothingHeld } = await rig();
    const reader = new PartReader({ source: stream(2 * KB).source, core, partSize: KB, plan: undefined });
    const parts = [await reader.next(signal), await reader.next(signal), await reader.next(signal)];
    expect(parts.map((part) => part?.partNumber)).toEqual([1, 2, undefined]);
    for (const part of parts) part?.release();
    await expectNothingHeld();
  });

  test("of no bytes is one empty part, because an object may be empty", async () => {
    const { core } = await rig();
    const reader = new PartReader({ source: stream(0).source, core, partSize: KB, plan: undefined });
    expect(await reader.next(signal)).toMatchObject({ partNumber: 1, bytes: new Uint8Array(0) });
    expect(await reader.next(signal)).toBeUndefined();
  });

  test.each([
    [0, "has room in 10 000 parts"],
    [1, "is a SourceError that says how many bytes fit"],
  ])("with %i bytes more than 10 000 parts hold: %s", async (more) => {
    const { core, expectNothingHeld } = await rig();
    const reader = new PartReader({
      source: stream(10_000 + more).source,
      core,
      partSize: 1,
      plan: undefined,
    });
    for (let number = 1; number <= 10_000; number += 1) (await reader.next(signal))?.release();
    if (more === 0) expect(await reader.next(signal)).toBeUndefined();
    else {
      const error = await caughtAs(reader.next(signal), SourceError);
      expect(error).toMatchObject({
        code: "source-length",
        hint: expect.stringContaining("larger PartSize"),
      });
      expect(error.message).toContain("longer than 10000 bytes");
    }
    await expectNothingHeld();
  });
});

describe("checkEnd()", () => {
  test("reads one byte after the end of a stream, which must not exist", async () => {
    const asked: [number, number, number][] = [];
    const { source } = stream(0);
    const read = async (start: number, end: number, into: Uint8Array): Promise<Uint8Array> => {
      asked.push([start, end, into.length]);
      return into.subarray(0, 0);
    };
    await checkEnd({ ...source, read }, KB, signal);
    expect(asked).toEqual([[KB, KB + 1, 1]]);
  });

  test("reads nothing after the end of a file, which is checked by its metadata", async () => {
    const file = new TestFile(pattern(2 * KB));
    await checkEnd(file, KB, signal);
    expect(file.reads).toEqual([]);
  });
});
