import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import { checkpointId, decodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { denied, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, interruptedRig, KB, type Rig, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";

const { Bucket, Key } = UPLOAD_OPTIONS;
const bytes = pattern(6 * KB);
const file = (): TestFile => new TestFile(bytes);
const A = "http://127.0.0.1:9000/examplebucket-1250000000";
const B = "http://127.0.0.1:9001/examplebucket-1250000000";

/** Written by version 0.1 after two of six parts of `pattern(6 * KB)`; the id is the one that it used. */
const VERSION_1 =
  '{"version":1,"Bucket":"examplebucket-1250000000","Key":"exampleobject","UploadId":"upload-1","size":6144,"partSize":1024,"fingerprint":"file-1","headers":{"content-type":"text/plain"},"parts":[{"partNumber":1,"etag":"2b17245651903eceab5b68969e8ba62d","crc64":"3164651326828994677"},{"partNumber":2,"etag":"e65763885f95b99f8833e2a417165905","crc64":"5439570697863254793"}]}';
const ID_1 = "be6fb92812872b2c3f101dfee68036e5";

/** An upload with two of its parts in COS, whose checkpoint is given as text. */
async function rigWith(id: string, text: string): Promise<Rig> {
  const rig = await createRig();
  rig.target.plant(
    new Map([
      [1, bytes.subarray(0, KB)],
      [2, bytes.subarray(KB, 2 * KB)],
    ]),
  );
  rig.checkpoints.texts.set(id, text);
  return rig;
}

describe("a checkpoint of version 1", () => {
  test("is resumed, and written as version 2", async () => {
    const rig = await rigWith(ID_1, VERSION_1);
    expect(await rig.run(file())).toMatchObject({ partsResumed: 2, partsSent: 4, uploadId: "upload-1" });
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
    expect(rig.warnings).toEqual([]);
    expect(rig.checkpoints.saved.map((text) => JSON.parse(text).version)).not.toContain(1);
  });

  test("is resumed at a custom endpoint, under its new name", async () => {
    const rig = await rigWith(ID_1, VERSION_1);
    rig.target.fault = ({ operation, partNumber }) =>
      operation === "putPart" && partNumber === 5 ? { refuse: denied() } : undefined;
    await caught(rig.run(file(), { endpoint: A, concurrency: 1 }));
    expect([...rig.checkpoints.texts.keys()]).toEqual([await checkpointId(Bucket, Key, A)]);
    expect(rig.checkpoints.only.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4]);
    expect(rig.checkpoints.locks.size).toBe(0);
  });

  test("stays in place while another upload holds it", async () => {
    const rig = await rigWith(ID_1, VERSION_1);
    await rig.checkpoints.lock(ID_1);
    expect(await rig.run(file(), { endpoint: A })).toMatchObject({ partsResumed: 0, uploadId: "upload-2" });
    expect(rig.checkpoints.texts.get(ID_1)).toBe(VERSION_1);
  });

  test("may hold headers that are no longer compared", async () => {
    const old = JSON.parse(VERSION_1);
    const headers = { ...old.headers, "x-api-key": "secret" };
    const rig = await rigWith(ID_1, JSON.stringify({ ...old, headers }));
    expect(await rig.run(file())).toMatchObject({ partsResumed: 2 });
  });

  test("of an unknown version is refused with that reason", async () => {
    const rig = await rigWith(ID_1, VERSION_1.replace('"version":1', '"version":3'));
    expect(await rig.run(file())).toMatchObject({ partsResumed: 0 });
    expect(rig.warnings.map(({ code }) => code)).toEqual(["checkpoint-discarded"]);
  });

  test.each([
    ["an endpoint that is no text", { endpoint: 5 }],
    ["no endpoint", { endpoint: undefined }],
    ["an empty fingerprint", { fingerprint: "" }],
    ["a size that is no number", { size: "1" }],
    [
      "a part whose verification is no boolean",
      { parts: [{ partNumber: 1, etag: "a", crc64: "1", verified: 1 }] },
    ],
  ])("is not mistaken for version 2 with %s", (_, changes) => {
    const version2 = { ...JSON.parse(VERSION_1), version: 2, endpoint: "", ...changes };
    expect(decodeCheckpoint(JSON.stringify(version2))).toBeUndefined();
  });
});

describe("checkpoints of two endpoints", () => {
  test("are independent: an upload to A resumes after one to B", async () => {
    const a = await createRig();
    a.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
    await caught(a.run(file(), { endpoint: A, concurrency: 1 }));
    const b = await createRig();
    for (const [id, text] of a.checkpoints.texts) b.checkpoints.texts.set(id, text);
    expect(await b.run(file(), { endpoint: B })).toMatchObject({ partsSent: 6, partsResumed: 0 });
    expect(b.target.countOf("abort")).toBe(0);
    a.target.fault = () => undefined;
    for (const id of a.checkpoints.texts.keys()) expect(b.checkpoints.texts.has(id)).toBe(true);
    expect(await a.run(file(), { endpoint: A })).toMatchObject({ partsSent: 4, partsResumed: 2 });
    expect(a.target.uploads.size).toBe(0);
  });

  test("one under the name of the other is not used, and nothing is aborted", async () => {
    const rig = await createRig();
    const text = JSON.stringify({ ...JSON.parse(VERSION_1), version: 2, endpoint: A });
    rig.checkpoints.texts.set(await checkpointId(Bucket, Key, B), text);
    expect(await rig.run(file(), { endpoint: B })).toMatchObject({ partsSent: 6 });
    expect(rig.target.countOf("abort")).toBe(0);
    expect(rig.warnings).toMatchObject([
      { code: "checkpoint-discarded", message: expect.stringContaining(A) },
    ]);
  });

  test("have different names; that of COS is unchanged", async () => {
    expect(await checkpointId(Bucket, Key)).toBe(ID_1);
    expect(await checkpointId(Bucket, Key, "")).toBe(ID_1);
    expect(new Set(await Promise.all([A, B, ""].map((at) => checkpointId(Bucket, Key, at)))).size).toBe(3);
  });
});

describe("custom headers", () => {
  test("are in no checkpoint, and may differ between two calls", async () => {
    const rig = await createRig();
    const headers = { "content-type": "text/plain", "x-cos-meta-a": "1" };
    rig.target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
    const call = (key: string) =>
      rig.run(file(), { headers: { ...headers, "x-api-key": key, traceparent: key }, concurrency: 1 });
    await caught(call("canary-1"));
    expect(rig.checkpoints.saved.join("")).not.toContain("canary");
    rig.target.fault = () => undefined;
    expect(await call("canary-2")).toMatchObject({ partsResumed: 2 });
    expect(rig.warnings).toEqual([]);
  });
});

describe("resume: 'require'", () => {
  const resume = "require";

  test.each([
    ["a file", () => new TestFile(pattern(KB))],
    ["a file with a checkpoint of a larger one", () => new TestFile(pattern(KB))],
  ])("fails before anything is sent for what goes up in one PUT: %s", async (_, source) => {
    const rig = await interruptedRig(file());
    const error = await caughtAs(rig.run(source(), { resume }), CheckpointError);
    expect(error).toMatchObject({ code: "checkpoint-unusable", retryable: false });
    expect([rig.target.requests, rig.checkpoints.texts.size]).toEqual([[], 1]);
  });
});
