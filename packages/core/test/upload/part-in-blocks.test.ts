import { describe, expect, test } from "vitest";
import type { BlockReader } from "../../src/runtime/byte-source.ts";
import { BLOCK_BYTES, PartInBlocks } from "../../src/upload/part-in-blocks.ts";
import { BlockFile } from "../support/block-file.ts";
import { createCore } from "../support/core.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const START = 1000;
const LENGTH = 3 * BLOCK_BYTES + 77;
const content = pattern(START + LENGTH + 500);
const expected = content.subarray(START, START + LENGTH);

async function partOf(source: BlockFile) {
  const core = await createCore(4 * BLOCK_BYTES, new VirtualClock());
  const reader = (await source.openBlocks()) as BlockReader;
  const memory = new Uint8Array(BLOCK_BYTES);
  const { signal } = new AbortController();
  const place = { start: START, length: LENGTH };
  return { part: new PartInBlocks({ source, reader, core, memory, signal, ...place }), memory };
}

const block = (index: number): Uint8Array =>
  expected.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);

/** Asks for some blocks, and checks that they are those of the content. */
async function read(part: PartInBlocks, ...blocks: number[]): Promise<void> {
  for (const index of blocks) {
    expect(Buffer.compare(await part.block(index * BLOCK_BYTES), block(index))).toBe(0);
  }
}

describe("a part in blocks", () => {
  test("reads each block when it is asked for, and digests it", async () => {
    const file = new BlockFile(content);
    const { part, memory } = await partOf(file);
    expect([file.now, part.crc64s]).toEqual([[], []]);
    await read(part, 0, 1, 2, 3);
    const ends = [BLOCK_BYTES, 2 * BLOCK_BYTES, 3 * BLOCK_BYTES, LENGTH];
    expect(part.crc64s).toEqual(ends.map((end) => crc64Of(expected.subarray(0, end))));
    expect(file.now).toEqual([0, 1, 2, 3].map((index) => START + index * BLOCK_BYTES));
    expect(await part.digest(memory)).toEqual({ crc64: crc64Of(expected), md5: undefined });
    expect(file.now).toHaveLength(4);
  });

  test("uses one buffer", async () => {
    const { part } = await partOf(new BlockFile(content));
    const [first, second] = [await part.block(0), await part.block(BLOCK_BYTES)];
    expect([second.buffer, second.byteOffset]).toEqual([first.buffer, first.byteOffset]);
  });

  test("reads again for a retry, and goes on where none has been", async () => {
    const { part, memory } = await partOf(new BlockFile(content));
    await read(part, 0, 1, 0, 1, 2, 0, 1, 2, 3);
    expect(await part.digest(memory)).toMatchObject({ crc64: crc64Of(expected) });
  });

  test.each([
    ["on the spot", Number.POSITIVE_INFINITY],
    ["later", 0],
  ])("fails when a block read again %s has other bytes", async (_, slowFrom) => {
    const file = new BlockFile(content);
    const { part, memory } = await partOf(file);
    await read(part, 0, 1, 2);
    file.slowFrom = slowFrom;
    file.bytes = content.slice();
    const at = START + BLOCK_BYTES + 5;
    file.bytes[at] = (content[at] ?? 0) ^ 1;
    await read(part, 0);
    await expect((async () => part.block(BLOCK_BYTES))()).rejects.toMatchObject({ code: "source-changed" });
    await expect(part.digest(memory, true)).rejects.toMatchObject({ code: "source-changed" });
  });

  test("reads by the source what would wait for a disk", async () => {
    const file = new BlockFile(content);
    file.slowFrom = START + BLOCK_BYTES;
    const { part, memory } = await partOf(file);
    await read(part, 0, 1, 2, 3);
    const end = (index: number): number => START + Math.min(LENGTH, (index + 1) * BLOCK_BYTES);
    expect(file.reads).toEqual([1, 2, 3].map((index) => [START + index * BLOCK_BYTES, end(index)]));
    expect(await part.digest(memory)).toMatchObject({ crc64: crc64Of(expected) });
  });

  test("reads by the source what a read on the spot gave in part: the file may end there, or its disk be damaged", async () => {
    const file = new BlockFile(content);
    file.missing = 1000;
    const { part, memory } = await partOf(file);
    await read(part, 0, 1, 2, 3);
    expect(file.reads).toHaveLength(4);
    expect(await part.digest(memory)).toMatchObject({ crc64: crc64Of(expected) });
    file.onRead = () => Promise.reject(new Error("the disk is damaged"));
    await expect((async () => part.block(0))()).rejects.toThrow("the disk is damaged");
  });

  test("lets nothing read into the memory while an earlier read is under way", async () => {
    const file = new BlockFile(content);
    file.slowFrom = 0;
    const { part } = await partOf(file);
    const first = part.block(0);
    const again = part.block(0);
    file.slowFrom = Number.POSITIVE_INFINITY;
    expect(file.now).toEqual([]);
    expect(Buffer.compare(await again, block(0))).toBe(0);
    await first;
    expect(file.now).toEqual([START]);
  });

  test.each([0, 2, 4])("digests what was not asked for after %i blocks, also by MD5", async (asked) => {
    const { part, memory } = await partOf(new BlockFile(content));
    await read(part, ...[0, 1, 2, 3].slice(0, asked));
    expect(await part.digest(memory)).toEqual({ crc64: crc64Of(expected), md5: undefined });
    const { crc64, md5 } = await part.digest(memory, true);
    expect(crc64).toBe(crc64Of(expected));
    expect(Buffer.from(md5 ?? []).toString("hex")).toBe(md5Of(expected));
  });

  test.each([
    ["on the spot", Number.POSITIVE_INFINITY],
    ["later", 0],
  ])("fails when the file has become shorter, read %s", async (_, slowFrom) => {
    const file = new BlockFile(content);
    const { part } = await partOf(file);
    await read(part, 0);
    file.slowFrom = slowFrom;
    file.bytes = content.subarray(0, START + BLOCK_BYTES + 5);
    await expect((async () => part.block(BLOCK_BYTES))()).rejects.toMatchObject({
      code: "source-length",
      message: `the source ended after ${START + BLOCK_BYTES + 5} of ${file.size} bytes`,
    });
  });

  test("gives nothing more to an attempt that another one has followed", async () => {
    const { part } = await partOf(new BlockFile(content));
    const first = part.begin();
    await first.block(0);
    const second = part.begin();
    await expect((async () => first.block(0))()).rejects.toThrow(/^the request has ended: its body may be/);
    expect(Buffer.compare(await second.block(0), block(0))).toBe(0);
  });

  test("waits at its end for the read under way, and reads no more", async () => {
    const file = new BlockFile(content);
    file.slowFrom = 0;
    let letRead = (): void => {};
    file.onRead = () =>
      new Promise<void>((resolve) => {
        letRead = resolve;
      });
    const { part, memory } = await partOf(file);
    const reading = part.block(0);
    let closed = false;
    const closing = part.close().then(() => {
      closed = true;
    });
    await Promise.resolve();
    expect(closed).toBe(false);
    letRead();
    await Promise.all([closing, reading]);
    memory.fill(0);
    file.slowFrom = Number.POSITIVE_INFINITY;
    expect(() => part.block(BLOCK_BYTES)).toThrow("has been sent");
    expect(file.now).toEqual([]);
    expect(memory.every((byte) => byte === 0)).toBe(true);
  });
});
