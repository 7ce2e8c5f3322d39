import { describe, expect, test } from "vitest";
import type { PartToSend } from "../../src/upload/target.ts";
import { denied } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

const SIZE = 8.5 * KB;

/** An upload that failed after some parts, with its checkpoint. */
async function interrupted(parts = 4, file = new TestFile(pattern(SIZE))): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > parts ? { refuse: denied() } : undefined;
  await expect(rig.run(file, { concurrency: 1 })).rejects.toMatchObject({ code: "access-denied" });
  rig.target.fault = () => undefined;
  rig.target.requests.length = 0;
  expect(rig.target.uploads.size).toBe(1);
  return rig;
}

function expectObject(rig: Rig, bytes: Uint8Array): void {
  expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(0), bytes)).toBe(0);
  expect([rig.target.uploads.size, rig.checkpoints.texts.size, rig.checkpoints.locks.size]).toEqual([
    0, 0, 0,
  ]);
}

/** The parts that were sent. */
function sent(rig: Rig): number[] {
  return rig.target.requests
    .flatMap(({ operation, partNumber }) =>
      operation === "putPart" && partNumber !== undefined ? [partNumber] : [],
    )
    .sort((a, b) => a - b);
}

describe("a resumed upload", () => {
  test("has a hint in its error", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: denied() } : undefined);
    await expect(rig.run(new TestFile(pattern(SIZE)))).rejects.toMatchObject({
      hint: expect.stringContaining("make the same call again to go on with upload upload-1"),
    });
  });

  test("sends only what COS does not hold", async () => {
    const rig = await interrupted(4);
    const bytes = pattern(SIZE);
    expect(await rig.run(new TestFile(bytes))).toMatchObject({
      partsResumed: 4,
      partsSent: 5,
      uploadId: "upload-1",
    });
    expect(sent(rig)).toEqual([5, 6, 7, 8, 9]);
    expect(rig.target.countOf("initiate")).toBe(0);
    expectObject(rig, bytes);
  });

  test("counts in progress what COS held already", async () => {
    const rig = await interrupted(4);
    rig.progress.length = 0;
    await rig.run(new TestFile(pattern(SIZE)));
    expect(rig.progress.at(-1)).toEqual([SIZE, SIZE]);
  });

  test("verifies parts by the CRC64 of the checkpoint where the ETag is no checksum", async () => {
    const rig = await createRig();
    rig.target.etagIsMd5 = false;
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 4 ? { refuse: denied() } : undefined;
    await expect(rig.run(new TestFile(pattern(SIZE)), { concurrency: 1 })).rejects.toThrow();
    rig.target.fault = () => undefined;
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsResumed: 4, partsSent: 5 });
    expectObject(rig, pattern(SIZE));
  });

  test("verifies parts that the checkpoint does not know by the MD5 of the listing", async () => {
    const rig = await interrupted(4);
    forgetParts(rig);
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsResumed: 4 });
    expectObject(rig, pattern(SIZE));
  });

  test("sends again parts that cannot be verified", async () => {
    const rig = await createRig();
    rig.target.etagIsMd5 = false;
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 4 ? { refuse: denied() } : undefined;
    await expect(rig.run(new TestFile(pattern(SIZE)), { concurrency: 1 })).rejects.toThrow();
    rig.target.fault = () => undefined;
    forgetParts(rig);
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsResumed: 0, partsSent: 9 });
    expectObject(rig, pattern(SIZE));
  });

  test.each([
    ["another content", pattern(KB, 77)],
    ["another size", pattern(KB + 1, 77)],
  ])("sends a stored part again that has %s now", async (_, bytes) => {
    const rig = await interrupted(4);
    await rig.clock.run(rig.target.putPart("upload-1", 2, wholePart(bytes), new AbortController().signal));
    rig.target.requests.length = 0;
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsResumed: 3, partsSent: 6 });
    expect(sent(rig)).toEqual([2, 5, 6, 7, 8, 9]);
    expectObject(rig, pattern(SIZE));
  });

  test("sends a part again whose local bytes have changed", async () => {
    const rig = await interrupted(4);
    const bytes = pattern(SIZE);
    bytes[KB + 5] = (bytes[KB + 5] ?? 0) ^ 1;
    await rig.run(new TestFile(bytes));
    expect(sent(rig)).toEqual([2, 5, 6, 7, 8, 9]);
    expectObject(rig, bytes);
  });

  test("begins a new upload when COS no longer knows the upload", async () => {
    const rig = await interrupted(4);
    rig.target.uploads.clear();
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsSent: 9, uploadId: "upload-2" });
    expectObject(rig, pattern(SIZE));
  });

  test("forgets the checkpoint when the upload vanishes while parts are sent", async () => {
    const rig = await interrupted(4);
    rig.target.fault = ({ operation }) => {
      if (operation === "putPart") rig.target.uploads.clear();
      return undefined;
    };
    await expect(rig.run(new TestFile(pattern(SIZE)))).rejects.toMatchObject({ cosCode: "NoSuchUpload" });
    expect(rig.checkpoints.texts.size).toBe(0);
  });

  test("keeps the part size with which it was begun", async () => {
    const rig = await interrupted(4);
    expect(await rig.run(new TestFile(pattern(SIZE)), { partSize: 2 * KB })).toMatchObject({
      partsResumed: 4,
    });
    expectObject(rig, pattern(SIZE));
  });

  test.each([
    ["the size", new TestFile(pattern(SIZE + 1)), {}],
    ["the headers", new TestFile(pattern(SIZE)), { headers: { "content-type": "text/css" } }],
  ])("gives the old upload up when %s changed, and says so", async (_, file, options) => {
    const rig = await interrupted(4);
    expect(await rig.run(file, options)).toMatchObject({ partsResumed: 0, uploadId: "upload-2" });
    expect(rig.warnings).toMatchObject([{ code: "resume-discarded", uploadId: "upload-1" }]);
    expectObject(rig, file.bytes);
  });

  test("reports an orphan when the old upload cannot be aborted", async () => {
    const rig = await interrupted(4);
    rig.target.fault = ({ operation }) => (operation === "abort" ? { refuse: denied() } : undefined);
    await rig.run(new TestFile(pattern(SIZE + 1)));
    expect(rig.warnings.map(({ code, uploadId }) => [code, uploadId])).toEqual([
      ["resume-discarded", "upload-1"],
      ["orphan-upload", "upload-1"],
    ]);
  });

  test("accepts headers in another order", async () => {
    const headers = { "content-type": "text/plain", "x-cos-acl": "private" };
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 4 ? { refuse: denied() } : undefined;
    await expect(rig.run(new TestFile(pattern(SIZE)), { headers, concurrency: 1 })).rejects.toThrow();
    rig.target.fault = () => undefined;
    const turned = { "x-cos-acl": "private", "content-type": "text/plain" };
    expect(await rig.run(new TestFile(pattern(SIZE)), { headers: turned })).toMatchObject({
      partsResumed: 4,
    });
  });

  test("survives ten interruptions, each after one more part", async () => {
    const rig = await createRig();
    const bytes = pattern(12 * KB);
    for (let allowed = 1; allowed <= 10; allowed += 1) {
      rig.target.fault = ({ operation, partNumber = 0 }) =>
        operation === "putPart" && partNumber > allowed ? { refuse: denied() } : undefined;
      await expect(rig.run(new TestFile(bytes), { concurrency: 1 })).rejects.toThrow();
    }
    rig.target.fault = () => undefined;
    expect(await rig.run(new TestFile(bytes))).toMatchObject({ partsResumed: 10, partsSent: 2 });
    expect(rig.target.countOf("initiate")).toBe(1);
    expectObject(rig, bytes);
  });

  test("that fails early keeps the parts of the previous run", async () => {
    const rig = await interrupted(4);
    const file = new TestFile(pattern(SIZE));
    file.onRead = (start) => {
      if (start === 2 * KB) throw new Error("EIO");
    };
    await expect(rig.run(file, { concurrency: 1 })).rejects.toThrow("EIO");
    expect(rig.checkpoints.saved.length).toBeGreaterThan(1);
    expect(rig.checkpoints.only.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4]);
  });

  test("sends everything again, into the same upload, when it may not list the parts", async () => {
    const rig = await interrupted(4);
    rig.target.fault = ({ operation }) => (operation === "listParts" ? { refuse: denied() } : undefined);
    expect(await rig.run(new TestFile(pattern(SIZE)))).toMatchObject({ partsSent: 9, uploadId: "upload-1" });
    expect(rig.warnings).toMatchObject([{ code: "resume-discarded" }]);
    expectObject(rig, pattern(SIZE));
  });
});

describe("a resumed upload of an immutable source", () => {
  const immutable = (): TestFile => new TestFile(pattern(SIZE), true);

  test("does not read parts that are verified according to its checkpoint", async () => {
    const rig = await interrupted(4, immutable());
    const file = immutable();
    expect(await rig.run(file)).toMatchObject({ partsResumed: 4, partsSent: 5 });
    expect(Math.min(...file.reads.map(([start]) => start))).toBe(4 * KB);
    expectObject(rig, pattern(SIZE));
  });

  test("reads again when the fingerprint, the stored part or the ContentMD5 asks for it", async () => {
    const other = immutable();
    other.fingerprint = "file-2";
    const rig = await interrupted(4, immutable());
    await rig.run(other);
    expect(other.reads).toHaveLength(9);
    const tampered = await interrupted(4, immutable());
    const { signal } = new AbortController();
    await tampered.clock.run(tampered.target.putPart("upload-1", 2, wholePart(pattern(KB, 77)), signal));
    const file = immutable();
    await tampered.run(file);
    expect(file.reads.map(([start]) => start / KB).sort((a, b) => a - b)).toEqual([1, 4, 5, 6, 7, 8]);
    expectObject(tampered, pattern(SIZE));
  });
});

function forgetParts(rig: Rig): void {
  for (const [id, text] of rig.checkpoints.texts) {
    rig.checkpoints.texts.set(id, JSON.stringify({ ...JSON.parse(text), parts: [] }));
  }
}

function wholePart(part: Uint8Array): PartToSend {
  return { body: part, md5: undefined };
}
