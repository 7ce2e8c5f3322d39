import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { crc64OfRange, isUnchanged } from "../../src/upload/unchanged.ts";
import { createCore } from "../support/core.ts";
import { crc64Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const bytes = pattern(2.5 * KB);
const all = { start: 0, end: bytes.length, crc64: () => crc64Of(bytes) };

describe("isUnchanged(), when only the metadata changed,", () => {
  test("compares the bytes of a file, also without a signal", async () => {
    const core = await createCore(4 * KB, new VirtualClock());
    for (const [content, expected] of [
      [bytes, true],
      [pattern(bytes.length, 9), false],
    ] as const) {
      const file = new TestFile(content);
      const changes = ["metadata", false] as const;
      let asked = 0;
      file.changed = async () => changes[asked++] ?? false;
      expect(await isUnchanged(file, all, core, undefined)).toBe(expected);
    }
  });

  test("gives up a file whose metadata changes during each of three reads", async () => {
    const core = await createCore(4 * KB, new VirtualClock());
    const file = new TestFile(bytes);
    file.changed = async () => "metadata";
    expect(await isUnchanged(file, all, core, undefined)).toBe(false);
    expect(file.reads).toHaveLength(3);
  });

  test("does not trust a stream, which cannot be read again", async () => {
    const core = await createCore(4 * KB, new VirtualClock());
    const file = new TestFile(bytes);
    const changes = ["metadata", false] as const;
    let asked = 0;
    const stream: ByteSource = {
      size: file.size,
      fingerprint: undefined,
      access: "sequential",
      inMemory: false,
      read: (start, end, into) => file.read(start, end, into),
      changed: async () => changes[asked++] ?? false,
      close: async () => {},
    };
    expect(await isUnchanged(stream, all, core, undefined)).toBe(false);
    expect(file.reads).toEqual([]);
  });
});

describe("crc64OfRange()", () => {
  test("reads a range block by block, no byte twice and none beyond it", async () => {
    const core = await createCore(4 * KB, new VirtualClock());
    const file = new TestFile(bytes);
    const room: number[] = [];
    const { read } = file;
    file.read = (start, end, into) => {
      room.push(into.length);
      return read.call(file, start, end, into);
    };
    const crc64 = await crc64OfRange(file, 100, 2 * KB + 200, core, new Uint8Array(KB), undefined);
    expect(crc64).toBe(crc64Of(bytes.subarray(100, 2 * KB + 200)));
    expect(file.reads).toEqual([
      [100, KB + 100],
      [KB + 100, 2 * KB + 100],
      [2 * KB + 100, 2 * KB + 200],
    ]);
    expect(room).toEqual([KB, KB, 100]);
  });

  test("takes bytes in memory in large blocks, which need no room", async () => {
    const core = await createCore(4 * KB, new VirtualClock());
    const source = bytesSource(bytes);
    let reads = 0;
    const { read } = source;
    source.read = (...parameters) => {
      reads += 1;
      return read.call(source, ...parameters);
    };
    const crc64 = await crc64OfRange(source, 0, bytes.length, core, new Uint8Array(0), undefined);
    expect([crc64, reads]).toEqual([crc64Of(bytes), 1]);
  });
});
