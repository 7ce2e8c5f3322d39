import { describe, expect, test, vi } from "vitest";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { readerInBlocks } from "../../src/upload/block-part-reader.ts";
import { readerOptions, StreamLengths } from "../../src/upload/open-stream.ts";
import { BLOCK_BYTES } from "../../src/upload/part-in-blocks.ts";
import { BlockFile } from "../support/block-file.ts";
import { caught } from "../support/caught.ts";
import { crc64Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";

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

  test("reads a part of exactly one block as a whole", async () => {
    const rig = await blockRig();
    const file = new BlockFile(pattern(PART + BLOCK_BYTES));
    await upload(rig, file);
    expect(file.reads).toEqual([[PART, PART + BLOCK_BYTES]]);
  });

  test("opens the file once for each part in blocks, and for none that it reads as a whole", async () => {
    const file = new BlockFile(bytes);
    const openBlocks = vi.spyOn(file, "openBlocks");
    await upload(await blockRig(), file, { concurrency: 1 });
    expect([openBlocks.mock.calls.length, file.reads.length]).toEqual([3, 1]);
  });

  test("leaves a source that cannot be read in blocks to the reader of whole parts", async () => {
    const { core, clock } = await blockRig();
    const plan = { size: bytes.length, partSize: PART, partCount: 4 };
    const parts = { core, plan, partSize: PART, md5: undefined, skipped: new Map() };
    const dependencies = { clock, digestCoreFor: async () => core };
    const more = readerOptions(UPLOAD_OPTIONS, dependencies);
    const lengths = new StreamLengths(bytes.length, PART, PART, dependencies);
    const readerOf = (source: ByteSource) =>
      readerInBlocks({ ...parts, source }, more, UPLOAD_OPTIONS, lengths);
    expect(readerOf(new TestFile(bytes))).toBeUndefined();
    expect(readerOf(new BlockFile(bytes))).toBeDefined();
  });

  test("fails with what opening the source for blocks fails with", async () => {
    const file = new BlockFile(bytes);
    file.openBlocks = () => Promise.reject(new Error("no free descriptor"));
    await expect(upload(await blockRig(), file)).rejects.toThrow("no free descriptor");
  });

  test("reads a part that fills the shared memory in blocks", async () => {
    const file = new BlockFile(bytes);
    await upload(await createRig(1, PART, true), file);
    expect(file.now).toHaveLength(6);
  });

  test("leaves a part above the shared memory to those that are read as a whole", async () => {
    const file = new BlockFile(bytes);
    // This rig has no other memory for it.
    const rig = await createRig(1, PART - BLOCK_BYTES, true);
    await expect(upload(rig, file)).rejects.toThrow("exceeds the memory budget");
    expect(file.now).toEqual([]);
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

  test("gives the memory back when the read under way has ended, though the request was aborted before", async () => {
    const rig = await blockRig();
    const file = new BlockFile(bytes);
    file.slowFrom = 0;
    let respond = (): void => undefined;
    const disk = new Promise<void>((resolve) => {
      respond = resolve;
    });
    file.onRead = () => disk;
    // A transport stops at once and leaves the read alone.
    rig.target.putPart = async (_uploadId, _partNumber, { body }) => {
      if ("begin" in body) void body.begin().block(0);
      throw new Error("aborted");
    };
    const work = caught(rig.start(file, { ...options, concurrency: 1 }));
    while (file.reads.length === 0) await rig.clock.advance(100);
    let free = false;
    const all = rig.core.arena.allocate(rig.core.arena.capacity).then((buffer) => {
      free = true;
      buffer.release();
    });
    for (let turn = 0; turn < 20; turn += 1) await rig.clock.advance(100);
    expect(free).toBe(false);
    respond();
    await Promise.all([work, all]);
    expect(await work).toMatchObject({ message: "aborted" });
  });
});
