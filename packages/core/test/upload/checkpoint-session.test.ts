import { describe, expect, test } from "vitest";
import { CheckpointError, CosError } from "../../src/errors.ts";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import { checkpointId, encodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import { CheckpointSession, type SessionEnd } from "../../src/upload/checkpoint-session.ts";
import type { UploadOptions, UploadWarning } from "../../src/upload/options.ts";
import { Progress } from "../../src/upload/progress.ts";
import type { UploadJob } from "../../src/upload/upload-job.ts";
import { caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
import { MemoryTarget, noSuchUpload } from "../support/memory-target.ts";
import { bytes, checkpointOf } from "../support/resume-rig.ts";
import { KB, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const { Bucket, Key } = UPLOAD_OPTIONS;
const UPLOAD = { uploadId: "upload-1", partSize: KB, checkpoint: undefined };

/** One upload in parts, and the store of its checkpoint. */
async function rig(changes: Partial<UploadOptions> = {}, source = new TestFile(bytes)) {
  const clock = new VirtualClock();
  const store = new MemoryCheckpoints();
  const warnings: UploadWarning[] = [];
  const core = await createCore(16 * KB, clock);
  const options: UploadOptions = {
    ...UPLOAD_OPTIONS,
    checkpoints: store,
    onWarning: (warning) => void warnings.push(warning),
    ...changes,
  };
  const job: UploadJob = {
    target: new MemoryTarget(clock),
    source,
    options,
    dependencies: { clock, digestCoreFor: async () => core },
    progress: new Progress(undefined, source.size, clock),
    signal: new AbortController().signal,
  };
  const id = await checkpointId(Bucket, Key, changes.endpoint);
  const put = (checkpoint: Checkpoint): void => void store.texts.set(id, encodeCheckpoint(checkpoint));
  return { id, store, warnings, put, open: () => CheckpointSession.open(job) };
}

describe("a session opens", () => {
  test("with the lock, and with the checkpoint of an earlier call", async () => {
    const { id, store, put, open } = await rig();
    put(checkpointOf("upload-1"));
    const session = await open();
    expect([session.earlier?.UploadId, session.saved, [...store.locks]]).toEqual(["upload-1", false, [id]]);
  });

  test("at an endpoint under another id", async () => {
    const { id, store, open } = await rig({ endpoint: "http://127.0.0.1:9000" });
    await open();
    expect([...store.locks]).toEqual([id]);
    expect(id).not.toBe(await checkpointId(Bucket, Key));
  });

  test("without the lock of a checkpoint that cannot be read, where a resume is required", async () => {
    const { store, open } = await rig({ resume: "require" });
    store.failing.add("load");
    await caughtAs(open(), CheckpointError);
    expect(store.locks.size).toBe(0);
  });

  test("with neither for a source without a fingerprint", async () => {
    const source = new TestFile(bytes);
    source.fingerprint = undefined;
    const { store, put, open } = await rig({}, source);
    put(checkpointOf("upload-1"));
    const session = await open();
    const writer = session.record(UPLOAD);
    await writer.save();
    await session.close("stored");
    expect([session.earlier, session.saved, store.locks.size, store.texts.size]).toEqual([
      undefined,
      false,
      0,
      1,
    ]);
  });
});

describe("a session records", () => {
  test("what another process needs to resume the upload", async () => {
    const { store, open } = await rig({ headers: { "content-type": "text/plain", authorization: "secret" } });
    const session = await open();
    await session.record(UPLOAD).save();
    expect(session.saved).toBe(true);
    expect(store.only).toEqual({
      version: 2,
      Bucket,
      Key,
      endpoint: "",
      UploadId: "upload-1",
      size: bytes.length,
      partSize: KB,
      fingerprint: "file-1",
      headers: { "content-type": "text/plain" },
      parts: [],
    });
  });

  test("from the beginning in the checkpoint that it resumes", async () => {
    const known = [{ partNumber: 2, etag: "etag-2", crc64: "5" }];
    const { store, put, open } = await rig();
    put(checkpointOf("upload-1", { parts: known }));
    const session = await open();
    const writer = session.record({ ...UPLOAD, checkpoint: session.earlier });
    expect(session.saved).toBe(true);
    await writer.save();
    expect(store.only.parts).toEqual(known);
  });
});

describe("a session closes", () => {
  test.each<[SessionEnd, saved: boolean, left: number]>([
    ["stored", true, 0],
    ["stored", false, 0],
    ["gone", true, 0],
    // Not the checkpoint of this upload but of a replaced one, whose abort may have failed.
    ["gone", false, 1],
    ["kept", true, 1],
    ["kept", false, 1],
  ])(
    "%s, its checkpoint saved: %s, with %i checkpoints in the store and no lock",
    async (end, saved, left) => {
      const { store, put, open } = await rig();
      put(checkpointOf("upload-0"));
      const session = await open();
      const writer = session.record(UPLOAD);
      if (saved) await writer.save();
      await session.close(end);
      expect([store.texts.size, store.locks.size]).toEqual([left, 0]);
    },
  );

  test("also when the store fails", async () => {
    const { store, warnings, open } = await rig();
    const session = await open();
    store.failing.add("remove").add("release");
    await session.close("stored");
    expect([store.locks.size, warnings]).toEqual([0, []]);
  });
});

describe("a failure is explained", () => {
  const failure = (): CosError => new CosError("refused", { code: "access-denied", retryable: false });

  test.each<[string, () => CosError, RegExp]>([
    ["that the upload is kept", failure, /is kept: make the same call again to go on with upload upload-1$/],
    ["that COS no longer knows it", noSuchUpload, /^COS no longer knows upload upload-1: make the same call/],
  ])("by the hint %s", async (_, make, hint) => {
    const { open } = await rig();
    const session = await open();
    await session.record(UPLOAD).save();
    const error = make();
    session.explain(error, "upload-1");
    expect(error.hint).toMatch(hint);
  });

  test("only where there is no hint yet, and of an upload that has a checkpoint", async () => {
    const { open } = await rig();
    const session = await open();
    const writer = session.record(UPLOAD);
    const [early, hinted] = [failure(), failure()];
    session.explain(early, "upload-1");
    hinted.hint = "a hint of its own";
    await writer.save();
    session.explain(hinted, "upload-1");
    session.explain(new Error("not ours"), "upload-1");
    expect([early.hint, hinted.hint]).toEqual([undefined, "a hint of its own"]);
  });
});
