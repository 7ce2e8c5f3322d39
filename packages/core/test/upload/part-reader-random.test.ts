import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { PartReader } from "../../src/upload/part-reader.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { caughtAs } from "../support/caught.ts";
import { pattern } from "../support/random.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { CAPACITY, expectNothingHeld, planOf, readAll, rig, signal } from "./part-reader-rig.ts";

describe("a source with random access", () => {
  test("that is empty needs no memory", async () => {
    const { core } = await rig();
    await core.arena.allocate(CAPACITY);
    const file = new TestFile(new Uint8Array(0));
    const reader = new PartReader({ source: file, core, partSize: KB, plan: planOf(0) });
    expect((await reader.next(signal))?.bytes.length).toBe(0);
  });

  test("without a plan is one part", async () => {
    const { core } = await rig();
    const file = new TestFile(pattern(3 * KB));
    const reader = new PartReader({ source: file, core, partSize: 4 * KB, plan: undefined });
    expect((await readAll(reader)).map(({ bytes }) => bytes.length)).toEqual([3 * KB]);
    const unsized: ByteSource = { ...bytesSource(new Uint8Array(0)), size: undefined };
    const empty = new PartReader({ source: unsized, core, partSize: KB, plan: undefined });
    expect((await readAll(empty)).map(({ bytes }) => bytes.length)).toEqual([0]);
  });

  test("that became shorter says where it ended, and holds no memory", async () => {
    const { core } = await rig();
    const file = new TestFile(pattern(3 * KB));
    file.bytes = file.bytes.subarray(0, 1.5 * KB);
    const reader = new PartReader({ source: file, core, partSize: KB, plan: planOf(3 * KB) });
    (await reader.next(signal))?.release();
    const error = await caughtAs(reader.next(signal), SourceError);
    expect(error.message).toContain(`after ${1.5 * KB} of ${3 * KB} bytes`);
    await expectNothingHeld(core);
  });

  test("in memory is never filled piece by piece, although it can be interrupted", async () => {
    const { core, options } = await rig();
    const bytes = pattern(2 * KB);
    const source: ByteSource = { ...bytesSource(bytes), access: "sequential", interrupt: () => {} };
    const reader = new PartReader({ source, core, partSize: KB, plan: planOf(2 * KB) }, options);
    const part = await reader.next(signal);
    expect(part?.bytes.buffer).toBe(bytes.buffer);
  });
});
