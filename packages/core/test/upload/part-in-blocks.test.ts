import { describe, expect, test } from "vitest";
import type { BlockReader } from "../../src/runtime/byte-source.ts";
import { BLOCK_BYTES, PartInBlocks } from "../../src/upload/part-in-blocks.ts";
import { caught } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { crc64Of, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const START = 1000;
const LENGTH = 3 * BLOCK_BYTES + 77;
const content = pattern(START + LENGTH + 500);
const expected = content.subarray(START, START + LENGTH);

/** A file whose reads on the spot the test controls. */
class BlockFile extends TestFile {
  /** Positions of reads on the spot. */
  now: number[] = [];
  /** Positions from which on a read on the spot would wait for a disk. */
  slowFrom = Number.POSITIVE_INFINITY;
  /** Bytes that each read on the spot leaves out at its end. */
  missing = 0;
  refuses = false;

  async openBlocks(): Promise<BlockReader | undefined> {
    if (this.refuses) return undefined;
    return {
      readNow: (into, position) => {
        if (position >= this.slowFrom) return undefined;
        this.now.push(position);
        const bytes = this.bytes.subarray(position, position + into.length - this.missing);
        into.set(bytes);
        return bytes.length;
      },
    };
  }
}

async function partOf(source: BlockFile) {
  const core = await createCore(4 * BLOCK_BYTES, new VirtualClock());
  const reader = (await source.openBlocks()) as BlockReader;
  const buffer = await core.arena.allocate(BLOCK_BYTES);
  const { signal } = new AbortController();
  const place = { partNumber: 1, start: START, length: LENGTH };
  return { part: new PartInBlocks({ source, reader, core, buffer, signal, ...place }), core };
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
    const { part } = await partOf(file);
    expect(file.now).toEqual([]);
    await read(part, 0, 1, 2, 3);
    expect(file.now).toEqual([0, 1, 2, 3].map((index) => START + index * BLOCK_BYTES));
    expect(await part.digest(false)).toEqual({ crc64: crc64Of(expected), md5: undefined });
    expect(file.now).toHaveLength(4);
  });

  test("uses one buffer", async () => {
    const { part } = await partOf(new BlockFile(content));
    const [first, second] = [await part.block(0), await part.block(BLOCK_BYTES)];
    expect([second.buffer, second.byteOffset]).toEqual([first.buffer, first.byteOffset]);
  });

  test("reads again for a retry, and goes on where none has been", async () => {
    const { part } = await partOf(new BlockFile(content));
    await read(part, 0, 1, 0, 1, 2, 0, 1, 2, 3);
    expect(await part.digest(false)).toMatchObject({ crc64: crc64Of(expected) });
  });

  test.each([
    ["on the spot", Number.POSITIVE_INFINITY],
    ["later", 0],
  ])("fails when a block read again %s has other bytes", async (_, slowFrom) => {
    const file = new BlockFile(content);
    const { part } = await partOf(file);
    await read(part, 0, 1, 2);
    file.slowFrom = slowFrom;
    file.bytes = content.slice();
    const at = START + BLOCK_BYTES + 5;
    file.bytes[at] = (content[at] ?? 0) ^ 1;
    await read(part, 0);
    await expect((async () => part.block(BLOCK_BYTES))()).rejects.toMatchObject({ code: "source-changed" });
    await expect(part.digest(true)).rejects.toMatchObject({ code: "source-changed" });
  });

  test("reads by the source what would wait for a disk", async () => {
    const file = new BlockFile(content);
    file.slowFrom = START + BLOCK_BYTES;
    const { part } = await partOf(file);
    await read(part, 0, 1, 2, 3);
    const end = (index: number): number => START + Math.min(LENGTH, (index + 1) * BLOCK_BYTES);
    expect(file.reads).toEqual([1, 2, 3].map((index) => [START + index * BLOCK_BYTES, end(index)]));
    expect(await part.digest(false)).toMatchObject({ crc64: crc64Of(expected) });
  });

  test("reads by the source what a read on the spot gave in part: the file may end there, or its disk be damaged", async () => {
    const file = new BlockFile(content);
    file.missing = 1000;
    const { part } = await partOf(file);
    await read(part, 0, 1, 2, 3);
    expect(file.reads).toHaveLength(4);
    expect(await part.digest(false)).toMatchObject({ crc64: crc64Of(expected) });
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
    const { part } = await partOf(new BlockFile(content));
    await read(part, ...[0, 1, 2, 3].slice(0, asked));
    expect(await part.digest(false)).toEqual({ crc64: crc64Of(expected), md5: undefined });
    const { crc64, md5 } = await part.digest(true);
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
    await expect((async () => part.block(BLOCK_BYTES))()).rejects.toMatchObject({ code: "source-length" });
  });

  test("waits at its end for the read under way, gives the memory back and reads no more", async () => {
    const file = new BlockFile(content);
    file.slowFrom = 0;
    let letRead = (): void => {};
    file.onRead = () =>
      new Promise<void>((resolve) => {
        letRead = resolve;
      });
    const { part, core } = await partOf(file);
    const reading = part.block(0);
    let closed = false;
    const closing = part.close().then(() => {
      closed = true;
    });
    await Promise.resolve();
    expect(closed).toBe(false);
    letRead();
    await Promise.all([closing, reading]);
    const whole = await core.arena.allocate(core.arena.capacity);
    file.slowFrom = Number.POSITIVE_INFINITY;
    expect(() => part.block(BLOCK_BYTES)).toThrow("has been sent");
    expect(file.now).toEqual([]);
    whole.release();
  });
});

describe("an upload in parts of a runtime that sends blocks", () => {
  const PART = 2 * BLOCK_BYTES;
  const bytes = pattern(3 * PART + 100);
  const options = { partSize: PART, threshold: 4 * KB };

  function upload(rig: Rig, file: BlockFile, more: object = {}) {
    return rig.run(file, { ...options, ...more });
  }

  async function blockRig(): Promise<Rig> {
    return createRig(1, 4 * PART, true);
  }

  test("reads no part as a whole but one that is a block or less", async () => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    const { crc64 } = await upload(rig, file);
    expect(crc64).toBe(crc64Of(bytes));
    expect(file.now).toHaveLength(6);
    expect(file.reads).toEqual([[3 * PART, bytes.length]]);
    expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(0), bytes)).toBe(0);
  });

  test.each([
    ["with EnableMD5", { enableMd5: true }],
    ["with the MD5 of the whole", { contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==" }],
  ])("reads every part before it is sent %s", async (_, more) => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    await upload(rig, file, more).catch(() => undefined);
    expect(file.now).toEqual([]);
    expect(file.reads).toHaveLength(4);
  });

  test("reads parts as a whole while the source refuses blocks", async () => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    file.refuses = true;
    expect((await upload(rig, file)).crc64).toBe(crc64Of(bytes));
    expect(file.reads).toHaveLength(4);
  });

  test("compares a part that COS holds before it sends it", async () => {
    const rig = await blockRig();
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2 ? { refuse: new Error("cut") } : undefined;
    await caught(upload(rig, new BlockFile(bytes), { concurrency: 1 }));
    rig.target.fault = () => undefined;
    const file = new BlockFile(bytes);
    expect(await upload(rig, file)).toMatchObject({ partsResumed: 2, partsSent: 2, crc64: crc64Of(bytes) });
    expect(file.now.every((position) => position >= 2 * PART)).toBe(true);
  });

  test("reads and sends a part again whose digest differs", async () => {
    const rig = await blockRig();
    let corrupted = 0;
    rig.target.fault = ({ operation, partNumber }) => {
      if (operation !== "putPart" || partNumber !== 2 || corrupted === 2) return undefined;
      corrupted += 1;
      return { corrupt: true };
    };
    const file = new BlockFile(bytes);
    expect((await upload(rig, file)).crc64).toBe(crc64Of(bytes));
    expect(rig.target.countOf("putPart")).toBe(6);
    expect(file.now).toHaveLength(6 + 2 * 2);
  });

  test("verifies by MD5 where COS gives no CRC64", async () => {
    const rig = await blockRig();
    rig.target.tellsCrc64 = false;
    const file = new BlockFile(bytes);
    expect((await upload(rig, file)).crc64).toBe(crc64Of(bytes));
    expect(file.now).toHaveLength(2 * 6);
  });

  test("fails before Complete when a block that is sent again has other bytes", async () => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    rig.target.fault = ({ operation, partNumber }) => {
      if (operation !== "putPart" || partNumber !== 2) return undefined;
      file.bytes = bytes.map((byte) => byte ^ 1);
      return { corrupt: true };
    };
    expect(await caught(upload(rig, file))).toMatchObject({ code: "source-changed" });
    expect(rig.target.countOf("complete")).toBe(0);
  });

  test("fails before Complete when a block has less than the file had", async () => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    const short = bytes.subarray(0, PART + 10);
    file.bytes = short;
    expect(await caught(upload(rig, file))).toMatchObject({ code: "source-length" });
    expect(rig.target.countOf("complete")).toBe(0);
  });

  test("opens the file when it has memory: thousands of uploads that wait must not hold a descriptor each", async () => {
    const rig = await blockRig();
    const all = await rig.core.arena.allocate(rig.core.arena.capacity);
    const file = new BlockFile(bytes);
    const opened: boolean[] = [];
    let held = true;
    const { openBlocks } = file;
    file.openBlocks = () => {
      opened.push(held);
      return openBlocks.call(file);
    };
    const work = rig.start(file, options);
    await rig.clock.advance(1000);
    held = false;
    all.release();
    await rig.clock.run(work);
    expect(opened.length).toBeGreaterThanOrEqual(3);
    expect(opened).not.toContain(true);
  });

  test.each([
    ["refuses", false],
    ["fails", true],
  ])("gives the memory back when the source %s", async (_, fails) => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    file.openBlocks = async () => {
      if (fails) throw new Error("no descriptor");
      return undefined;
    };
    await upload(rig, file).catch(() => undefined);
    const all = await rig.core.arena.allocate(rig.core.arena.capacity);
    all.release();
  });

  test("gives all memory back when it is aborted", async () => {
    const rig = await blockRig();
    const controller = new AbortController();
    rig.target.fault = ({ operation, partNumber }) => {
      if (operation === "putPart" && partNumber === 2) controller.abort(new Error("enough"));
      return undefined;
    };
    const file = new BlockFile(bytes);
    expect(await caught(upload(rig, file, { signal: controller.signal }))).toMatchObject({
      message: "enough",
    });
    const all = await rig.core.arena.allocate(rig.core.arena.capacity);
    all.release();
  });
});
