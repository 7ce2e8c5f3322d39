import { describe, expect, test } from "vitest";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { LARGEST_READ, readRange } from "../../src/upload/read-range.ts";
import { upload } from "../../src/upload/uploader.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { createCore } from "../support/core.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { KB, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { wireCos } from "../support/wire-cos.ts";

const { signal } = new AbortController();
const GiB = 1024 ** 3;

/** A source of zeros that refuses ranges that no runtime accepts, and records the requested ranges. */
function strictSource(size: number | undefined, access: ByteSource["access"], length = size ?? 0) {
  const reads: number[] = [];
  let at = 0;
  const source: ByteSource = {
    size,
    fingerprint: undefined,
    access,
    inMemory: false,
    read: async (start, end, into) => {
      if (end <= start) throw new RangeError(`a range of ${end - start} bytes`);
      reads.push(end - start);
      if (access === "sequential") expect(start).toBe(at);
      at = Math.min(end, length);
      return into.subarray(0, Math.max(0, at - start));
    },
    changed: async () => false,
    close: async () => {},
  };
  return { source, reads };
}

describe("a source that refuses reads of length 0", () => {
  test.each(["random", "sequential"] as const)("uploads when it is empty (%s)", async (access) => {
    const clock = new VirtualClock();
    const target = new MemoryTarget(clock);
    const core = await createCore(16 * KB, clock);
    const { source } = strictSource(0, access);
    const options = { ...UPLOAD_OPTIONS, threshold: 4 * KB };
    const work = upload(target, source, options, { clock, partUnit: KB, digestCoreFor: async () => core });
    expect(await clock.run(work)).toMatchObject({ size: 0, partsSent: 1 });
    expect(target.object?.bytes.length).toBe(0);
  });

  test.each(["uploadFile", "putObject", "uploadPart"] as const)(
    "%s() of it, empty, succeeds",
    async (call) => {
      const clock = new VirtualClock();
      const target = new MemoryTarget(clock);
      const { runtime } = wireCos(clock, target);
      const open = async (): Promise<ByteSource> => strictSource(0, "random").source;
      const cos = clientOf({ ...runtime, open }, clock);
      const object = { Bucket, Key, Body: { path: "only the runtime knows it" } };
      const UploadId = target.plant(new Map());
      const work =
        call === "uploadPart" ? cos.uploadPart({ ...object, UploadId, PartNumber: 1 }) : cos[call](object);
      expect(await clock.run<{ ETag: string }>(work)).toMatchObject({
        ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
      });
    },
  );

  test("uploads in parts when its length is a multiple of the part size", async () => {
    const clock = new VirtualClock();
    const target = new MemoryTarget(clock);
    const core = await createCore(16 * KB, clock);
    const { source, reads } = strictSource(undefined, "sequential", 8 * KB);
    const work = upload(target, source, UPLOAD_OPTIONS, {
      clock,
      partUnit: KB,
      digestCoreFor: async () => core,
    });
    expect(await clock.run(work)).toMatchObject({ size: 8 * KB });
    expect(Math.min(...reads)).toBeGreaterThan(0);
  });
});

describe("readRange()", () => {
  test("reads at most 1 GiB at a time, and fills the whole range", async () => {
    const { source, reads } = strictSource(5 * GiB, "random");
    const into = new Uint8Array(2.5 * GiB);
    expect((await readRange(source, GiB, 3.5 * GiB, into, signal)).length).toBe(2.5 * GiB);
    expect(Math.max(...reads)).toBe(LARGEST_READ);
    expect(LARGEST_READ).toBeLessThanOrEqual(GiB);
    expect(reads.reduce((sum, length) => sum + length, 0)).toBe(2.5 * GiB);
  });

  test("gives a range of one read as the source does, without a copy, wherever it begins", async () => {
    const own = new Uint8Array(KB);
    const { source } = strictSource(5 * GiB, "random");
    const views: ByteSource = { ...source, read: async () => own };
    const into = new Uint8Array(KB);
    expect(await readRange(views, 4 * GiB, 4 * GiB + KB, into, signal)).toBe(own);
  });

  test("gives the largest range of one read as the source does", async () => {
    const own = new Uint8Array(KB);
    const { source } = strictSource(5 * GiB, "random");
    const views: ByteSource = { ...source, read: async () => own };
    expect(await readRange(views, 0, LARGEST_READ, new Uint8Array(KB), signal)).toBe(own);
  });

  test("requests nothing after the end of the range, wherever it begins", async () => {
    const { source, reads } = strictSource(5 * GiB, "random");
    const into = new Uint8Array(LARGEST_READ + 5);
    await readRange(source, GiB, GiB + LARGEST_READ + 5, into, signal);
    expect(reads).toEqual([LARGEST_READ, 5]);
  });

  test("copies nothing that the source has read into its place", async () => {
    const { source } = strictSource(5 * GiB, "random");
    const into = new Uint8Array(LARGEST_READ + 5);
    let copied = 0;
    // Not a spy: a failure would print what it was called with.
    into.set = ({ length }) => {
      copied += length;
    };
    await readRange(source, 0, into.length, into, signal);
    expect(copied).toBe(0);
  });

  test("returns less where the source ends", async () => {
    const { source, reads } = strictSource(GiB, "random");
    const into = new Uint8Array(2 * GiB);
    expect((await readRange(source, 0, 2 * GiB, into, signal)).length).toBe(GiB);
    expect(reads.length).toBe(GiB / LARGEST_READ + 1);
  });

  test("joins views of the source's own memory", async () => {
    const own = new Uint8Array(LARGEST_READ).fill(7);
    const { source } = strictSource(GiB, "random");
    const views: ByteSource = { ...source, read: async (start, end) => own.subarray(0, end - start) };
    const into = new Uint8Array(LARGEST_READ + 5);
    const bytes = await readRange(views, 0, into.length, into, signal);
    expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([into.length, 7, 7]);
  });
});
