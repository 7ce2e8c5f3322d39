import { describe, expect, test } from "vitest";
import { bytesSource } from "../../src/upload/sources/bytes-source.ts";
import { crc64Of, denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, TestFile } from "../support/upload-rig.ts";

describe("upload() of a known size", () => {
  test.each([
    [0, "put", 0],
    [1, "put", 0],
    [4 * KB, "put", 0],
    [4 * KB + 1, "parts", 5],
    [5 * KB, "parts", 5],
    [10 * KB - 1, "parts", 10],
  ] as const)("of %i bytes goes up by %s", async (size, way, parts) => {
    const rig = await createRig();
    const bytes = pattern(size);
    const result = await rig.run(new TestFile(bytes));
    expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(1), bytes)).toBe(0);
    expect(result).toMatchObject({
      size,
      crc64: crc64Of(bytes),
      partsSent: Math.max(1, parts),
      partsResumed: 0,
    });
    expect([rig.target.countOf("put"), rig.target.countOf("putPart")]).toEqual(
      way === "put" ? [1, 0] : [0, parts],
    );
    expect(result.uploadId).toBe(way === "put" ? undefined : "upload-1");
    expect(rig.progress.at(-1)).toEqual([size, size]);
    expect(rig.warnings).toEqual([]);
  });

  test("sends only the requests that it needs", async () => {
    const rig = await createRig();
    await rig.run(new TestFile(pattern(6 * KB)));
    const counts = new Map<string, number>();
    for (const { operation } of rig.target.requests) counts.set(operation, (counts.get(operation) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ initiate: 1, putPart: 6, complete: 1 });
  });

  test("reads every byte once, in parts that follow each other", async () => {
    const rig = await createRig();
    const file = new TestFile(pattern(7.5 * KB));
    await rig.run(file);
    const sorted = file.reads.toSorted(([a], [b]) => a - b);
    expect(sorted.map(([start]) => start / KB)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(sorted.at(-1)).toEqual([7 * KB, 7.5 * KB]);
  });

  test("has larger parts than the caller prefers when 10 000 of those are too few", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: denied() } : undefined);
    const file = new TestFile(new Uint8Array(10_001 * KB));
    await expect(rig.run(file, { partSize: KB })).rejects.toThrow("AccessDenied");
    expect(file.reads[0]).toEqual([0, 2 * KB]);
  });

  test.each([1, 3, 8])("has at most %i requests under way", async (concurrency) => {
    const rig = await createRig();
    await rig.run(new TestFile(pattern(40 * KB)), { concurrency });
    expect(rig.target.maxInFlight).toBe(concurrency);
  });

  test("needs no part buffers for bytes in memory", async () => {
    const rig = await createRig();
    const bytes = pattern(20 * KB);
    await rig.run(bytesSource(bytes));
    expect(rig.core.arena.highWater).toBe(0);
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
  });

  test.each([
    ["an empty file", new TestFile(new Uint8Array(0))],
    ["bytes that one PUT holds", bytesSource(pattern(2 * KB))],
  ])("needs no buffer for %s", async (_, source) => {
    const rig = await createRig();
    await rig.run(source);
    expect([rig.target.countOf("put"), rig.core.arena.highWater]).toEqual([1, 0]);
  });

  test("gives the buffer of a file that one PUT holds back", async () => {
    const rig = await createRig(1, 32 * KB);
    await rig.run(new TestFile(pattern(2 * KB)));
    expect((await rig.clock.run(rig.core.arena.allocate(32 * KB))).bytes.length).toBe(32 * KB);
  });

  test("of a stream of declared length is one PUT up to the threshold, whatever the part size", async () => {
    const rig = await createRig();
    const bytes = pattern(4 * KB);
    await rig.run(streamSource(new Blob([bytes]).stream(), bytes.length));
    expect([rig.target.countOf("put"), rig.target.countOf("initiate")]).toEqual([1, 0]);
  });

  test.each([2 * KB, 20 * KB])("sends the MD5 with EnableMD5: %i bytes", async (size) => {
    const rig = await createRig();
    const digests: (Uint8Array | undefined)[] = [];
    const { put, putPart } = rig.target;
    rig.target.put = (body, md5, signal) => {
      digests.push(md5);
      return put.call(rig.target, body, md5, signal);
    };
    rig.target.putPart = (id, number, part, signal) => {
      digests.push(part.md5);
      return putPart.call(rig.target, id, number, part, signal);
    };
    await rig.run(new TestFile(pattern(size)), { enableMd5: true });
    expect(digests.length).toBe(size === 2 * KB ? 1 : 20);
    expect(digests.every((md5) => md5?.length === 16)).toBe(true);
  });
});

describe("upload() and its source", () => {
  test.each([2 * KB, 8 * KB])("closes it once, after success and after failure: %i bytes", async (size) => {
    for (const fails of [false, true]) {
      const rig = await createRig();
      const file = new TestFile(pattern(size));
      if (fails)
        rig.target.fault = ({ operation }) => (operation === "abort" ? undefined : { refuse: denied() });
      await rig.run(file, { checkpoints: undefined }).catch(() => {});
      expect(file.closed).toBe(1);
    }
  });

  test("has succeeded even when the source cannot be closed", async () => {
    const rig = await createRig();
    const file = new TestFile(pattern(8 * KB));
    file.close = async () => {
      throw new Error("EIO");
    };
    expect(await rig.run(file)).toMatchObject({ size: 8 * KB });
  });

  test("sends nothing when the signal is aborted already, and closes it", async () => {
    const rig = await createRig();
    const file = new TestFile(pattern(8 * KB));
    const reason = new Error("too late");
    await expect(rig.run(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect([rig.target.requests.length, file.closed, file.reads.length]).toEqual([0, 1, 0]);
  });
});

describe("upload() of a stream of unknown length", () => {
  const streamOf = (bytes: Uint8Array<ArrayBuffer>) => streamSource(new Blob([bytes]).stream(), undefined);

  test.each([
    [0, "put"],
    [1, "put"],
    [KB - 1, "put"],
    [KB, "parts"],
    [KB + 1, "parts"],
    [3 * KB, "parts"],
    [10 * KB + 7, "parts"],
  ])("of %i bytes goes up by %s, without an empty last part", async (size, way) => {
    const rig = await createRig();
    const bytes = pattern(size);
    const result = await rig.run(streamOf(bytes));
    expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(1), bytes)).toBe(0);
    expect(result).toMatchObject({ size, crc64: crc64Of(bytes) });
    expect(rig.target.countOf("put")).toBe(way === "put" ? 1 : 0);
    expect(rig.target.countOf("putPart")).toBe(way === "put" ? 0 : Math.ceil(size / KB));
  });

  test("reports its total only at the end", async () => {
    const rig = await createRig();
    await rig.run(streamOf(pattern(5 * KB)));
    expect(rig.progress.slice(0, -1).every(([, total]) => total === undefined)).toBe(true);
    expect(rig.progress.at(-1)).toEqual([5 * KB, 5 * KB]);
  });

  test("is aborted when it fails without checkpoints", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber }) =>
      operation === "putPart" && partNumber === 3 ? { refuse: denied() } : undefined;
    const work = rig.run(streamOf(pattern(6 * KB)), { checkpoints: undefined });
    await expect(work).rejects.toMatchObject({ code: "access-denied" });
    expect([rig.target.uploads.size, rig.checkpoints.saved.length]).toEqual([0, 0]);
  });

  test("releases its memory in any case", async () => {
    for (const operation of ["put", "initiate", "putPart", "complete"] as const) {
      for (const size of [100, 6 * KB]) {
        const rig = await createRig(1, 32 * KB);
        rig.target.fault = (request) => (request.operation === operation ? { refuse: denied() } : undefined);
        await rig.run(streamOf(pattern(size))).catch(() => {});
        const all = rig.core.arena.allocate(rig.core.arena.capacity);
        expect((await rig.clock.run(all)).bytes.length, `${operation}, ${size} bytes`).toBe(32 * KB);
      }
    }
  });
});
