import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import { checkpointId, encodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { crc64Of, denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, type Rig, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";

const bytes = pattern(6 * KB + 100);
const known = bytes.length;
const streamOf = (content: Uint8Array<ArrayBuffer>, size?: number) =>
  streamSource(new Blob([content]).stream(), size);
const stored = (rig: Rig): string => md5Of(rig.target.object?.bytes ?? new Uint8Array(0));

/** A rig after an upload of a stream that failed after its second part. */
async function interrupted(size?: number): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
  const error = await caught(rig.run(streamOf(bytes, size), { concurrency: 1 }));
  expect(error).toMatchObject({ hint: expect.stringContaining("make the same call again") });
  rig.target.fault = () => undefined;
  rig.target.requests.length = 0;
  return rig;
}

describe.each([
  ["unknown", undefined],
  ["declared", known],
] as const)("a stream of %s length that is given again", (_, size) => {
  test("resumes where it stopped", async () => {
    const rig = await interrupted(size);
    expect(rig.checkpoints.only).toMatchObject({ size: size ?? null, fingerprint: null, version: 2 });
    expect(await rig.run(streamOf(bytes, size))).toMatchObject({
      partsResumed: 2,
      partsSent: 5,
      size: known,
    });
    expect([stored(rig), rig.target.countOf("initiate")]).toEqual([md5Of(bytes), 0]);
    expect([rig.checkpoints.texts.size, rig.target.uploads.size, rig.warnings]).toEqual([0, 0, []]);
  });

  test("resumes with the part size of the checkpoint", async () => {
    const rig = await interrupted(size);
    for (const partSize of [2 * KB, 3 * KB]) {
      rig.target.fault = ({ operation, partNumber = 0 }) =>
        operation === "putPart" && partNumber > 3 ? { refuse: denied() } : undefined;
      await caught(rig.run(streamOf(bytes, size), { partSize, concurrency: 1 }));
    }
    rig.target.fault = () => undefined;
    expect(await rig.run(streamOf(bytes, size), { partSize: 2 * KB })).toMatchObject({
      partsResumed: 3,
      partsSent: 4,
    });
    expect(stored(rig)).toBe(md5Of(bytes));
  });

  test("with other content is sent, and not mixed with the stored parts", async () => {
    const rig = await interrupted(size);
    const other = pattern(known, 77);
    expect(await rig.run(streamOf(other, size))).toMatchObject({ partsResumed: 0, partsSent: 7 });
    expect(stored(rig)).toBe(md5Of(other));
  });

  test("resumes when a resume is required, and fails when there is nothing to resume", async () => {
    const rig = await interrupted(size);
    expect(await rig.run(streamOf(bytes, size), { resume: "require" })).toMatchObject({ partsResumed: 2 });
    rig.target.requests.length = 0;
    await caughtAs(rig.run(streamOf(bytes, size), { resume: "require" }), CheckpointError);
    expect(rig.target.requests).toEqual([]);
  });

  test("begins again when COS no longer knows the upload, or when resume is off", async () => {
    const rig = await interrupted(size);
    rig.target.uploads.clear();
    expect(await rig.run(streamOf(bytes, size))).toMatchObject({ partsResumed: 0, partsSent: 7 });
    const off = await interrupted(size);
    expect(await off.run(streamOf(bytes, size), { resume: "off" })).toMatchObject({ partsResumed: 0 });
    expect(off.target.uploads.size).toBe(0);
  });
});

test("a stream that ends within its first part fails when a resume is required", async () => {
  const rig = await createRig();
  for (const size of [undefined, 500]) {
    const work = rig.run(streamOf(pattern(500), size), { resume: "require" });
    expect(await caughtAs(work, CheckpointError)).toMatchObject({
      code: "checkpoint-unusable",
      message: expect.stringContaining("one request, which cannot be resumed"),
      hint: "use resume: 'auto'",
    });
  }
  expect(rig.target.requests).toEqual([]);
  expect((await rig.core.arena.allocate(rig.core.arena.capacity)).bytes.length).toBe(rig.core.arena.capacity);
});

test("a stream of declared length that one PUT holds is not even read when a resume is required", async () => {
  const rig = await createRig();
  let begun = false;
  async function* content(): AsyncGenerator<Uint8Array> {
    begun = true;
    yield pattern(500);
  }
  await caughtAs(rig.run(streamSource(content(), 500), { resume: "require" }), CheckpointError);
  expect(begun).toBe(false);
});

describe("a stream whose parts in COS are not those of this call", () => {
  test("goes on with the larger parts of the checkpoint", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
    await caught(rig.run(streamOf(bytes), { partSize: 2 * KB, concurrency: 1 }));
    rig.target.fault = () => undefined;
    expect(await rig.run(streamOf(bytes))).toMatchObject({ partsResumed: 2, partsSent: 2 });
    expect(stored(rig)).toBe(md5Of(bytes));
  });

  test("goes on after a part that was cut, when its length is declared and needs parts", async () => {
    const rig = await createRig();
    const first = bytes.slice(0, 1.5 * KB);
    const UploadId = rig.target.plant(new Map([[1, first]]));
    const { Bucket, Key } = UPLOAD_OPTIONS;
    const parts = [{ partNumber: 1, etag: md5Of(first), crc64: String(crc64Of(first)) }];
    const headers = { "content-type": "text/plain" };
    const checkpoint = { version: 2, Bucket, Key, endpoint: "", UploadId, size: known } as const;
    rig.checkpoints.texts.set(
      await checkpointId(Bucket, Key),
      encodeCheckpoint({ ...checkpoint, partSize: 2 * KB, fingerprint: null, headers, parts }),
    );
    const result = await rig.run(streamOf(bytes, known), { partSize: 2 * KB });
    expect(result).toMatchObject({ partsResumed: 1, uploadId: UploadId });
    expect(stored(rig)).toBe(md5Of(bytes));
  });
});

describe("a stream of unknown length with resume: 'server'", () => {
  test("resumes the upload of its checkpoint", async () => {
    const rig = await interrupted();
    expect(await rig.run(streamOf(bytes), { resume: "server" })).toMatchObject({ partsResumed: 2 });
  });

  test("adopts no upload of the server's list: nothing says how that one was cut", async () => {
    const rig = await createRig();
    const other = rig.target.plant(new Map([[1, bytes.slice(0, KB)]]));
    const options = { resume: "server", checkpoints: undefined, headers: {} } as const;
    expect(await rig.run(streamOf(bytes), options)).toMatchObject({ partsResumed: 0 });
    expect([[...rig.target.uploads.keys()], rig.target.countOf("unfinished")]).toEqual([[other], 0]);
  });
});

test("a stream of known length does not resume an upload of unknown length, which is aborted", async () => {
  const rig = await interrupted();
  expect(await rig.run(new TestFile(bytes))).toMatchObject({ partsResumed: 0, partsSent: 7 });
  expect(rig.warnings).toMatchObject([
    { code: "resume-discarded", message: expect.stringContaining("unknown many then") },
  ]);
  expect([stored(rig), rig.target.uploads.size]).toEqual([md5Of(bytes), 0]);
});

test("a stream with a ContentMD5 is read whole, resumed or not", async () => {
  const contentMd5 = Buffer.from(md5Of(bytes), "hex").toString("base64");
  const rig = await interrupted();
  expect(await rig.run(streamOf(bytes), { contentMd5, partSize: 2 * KB })).toMatchObject({ partsResumed: 2 });
  expect(stored(rig)).toBe(md5Of(bytes));
});
