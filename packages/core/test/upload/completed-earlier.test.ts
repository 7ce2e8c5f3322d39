import { describe, expect, test } from "vitest";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import { findCompletedEarlier } from "../../src/upload/completed-earlier.ts";
import { crc64Of, denied, md5Of, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { checkpointOf, resumeRig } from "../support/resume-rig.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const bytes = pattern(6 * KB);

/** An upload whose process ended after COS's Complete and before its own next step. */
async function endedAfterComplete(): Promise<Rig> {
  const rig = await createRig();
  const controller = new AbortController();
  const { complete } = rig.target;
  rig.target.complete = async (...parameters) => {
    await complete.apply(rig.target, parameters);
    controller.abort(new Error("power cut"));
    throw controller.signal.reason;
  };
  await expect(rig.run(new TestFile(bytes), { signal: controller.signal })).rejects.toThrow("power cut");
  rig.target.complete = complete.bind(rig.target);
  rig.target.requests.length = 0;
  rig.progress.length = 0;
  expect([rig.checkpoints.texts.size, rig.target.uploads.size]).toEqual([1, 0]);
  return rig;
}

describe("an upload that had completed before its process ended", () => {
  test.each(["auto", "require"] as const)(
    "is recognised, and nothing is sent: resume '%s'",
    async (resume) => {
      const rig = await endedAfterComplete();
      const result = await rig.run(new TestFile(bytes), { resume });
      expect(result).toMatchObject({
        partsSent: 0,
        partsResumed: 6,
        size: bytes.length,
        crc64: crc64Of(bytes),
        uploadId: "upload-1",
      });
      expect(rig.target.requests.map(({ operation }) => operation)).toEqual(["listParts", "head"]);
      expect(rig.progress).toEqual([[bytes.length, bytes.length]]);
      expect([rig.checkpoints.texts.size, rig.checkpoints.locks.size]).toEqual([0, 0]);
    },
  );

  test.each<[string, (rig: Rig) => void]>([
    ["somebody has overwritten the object", ({ target }) => target.replaceObject(pattern(6 * KB, 5))],
    ["the object is equal but was not made of so many parts", ({ target }) => target.replaceObject(bytes)],
    [
      "the object has other headers",
      ({ target }) => {
        target.headers = { "content-type": "text/html" };
      },
    ],
    ["the object is gone", ({ target }) => Object.assign(target, { object: undefined })],
    [
      "HEAD is forbidden",
      ({ target }) => {
        target.fault = ({ operation }) => (operation === "head" ? { refuse: denied() } : undefined);
      },
    ],
  ])("is not taken for ours when %s: sent again", async (_, change) => {
    const rig = await endedAfterComplete();
    change(rig);
    expect(await rig.run(new TestFile(bytes))).toMatchObject({ partsSent: 6, uploadId: "upload-2" });
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
  });

  test("is not taken for ours when the local bytes have changed", async () => {
    const rig = await endedAfterComplete();
    const changed = pattern(6 * KB, 9);
    await rig.run(new TestFile(changed));
    expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(changed));
  });

  test("is uploaded again when a ContentMD5 has to be checked", async () => {
    const rig = await endedAfterComplete();
    const wrong = rig.run(new TestFile(bytes), { contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==" });
    await expect(wrong).rejects.toMatchObject({ code: "integrity" });
  });

  test("is outcome-unknown under ForbidOverwrite, also where HEAD cannot show all that is asked for", async () => {
    for (const more of [{}, { "x-cos-acl": "private" }]) {
      const headers = { "content-type": "text/plain", "x-cos-forbid-overwrite": "true", ...more };
      const rig = await endedAfterComplete();
      const id = [...rig.checkpoints.texts.keys()][0] ?? "";
      const checkpoint = JSON.parse(rig.checkpoints.texts.get(id) ?? "");
      rig.checkpoints.texts.set(id, JSON.stringify({ ...checkpoint, headers }));
      await expect(rig.run(new TestFile(bytes), { headers })).rejects.toMatchObject({
        code: "outcome-unknown",
        message: expect.stringMatching(/^COS no longer knows the checkpoint's upload, and the equal object/),
      });
    }
  });

  test("is uploaded again with an ACL, which HEAD cannot show", async () => {
    const headers = { "content-type": "text/plain", "x-cos-acl": "private" };
    const rig = await endedAfterComplete();
    const id = [...rig.checkpoints.texts.keys()][0] ?? "";
    const checkpoint = JSON.parse(rig.checkpoints.texts.get(id) ?? "");
    rig.checkpoints.texts.set(id, JSON.stringify({ ...checkpoint, headers }));
    expect(await rig.run(new TestFile(bytes), { headers })).toMatchObject({
      partsSent: 6,
      uploadId: "upload-2",
    });
  });

  test("is uploaded again when the object has a header that this upload would not give it", async () => {
    const rig = await endedAfterComplete();
    rig.target.headers = { ...rig.target.headers, "content-encoding": "gzip" };
    expect(await rig.run(new TestFile(bytes))).toMatchObject({ partsSent: 6, uploadId: "upload-2" });
  });

  test("is not looked for when its source was a stream", async () => {
    const { target, core, options } = await resumeRig();
    const checkpoint: Checkpoint = { ...checkpointOf("upload-1"), version: 2, endpoint: "", size: null };
    const { signal } = new AbortController();
    const plan = { size: undefined, partSize: KB, partCount: undefined };
    const context = {
      target,
      source: new TestFile(bytes),
      core,
      options,
      plan,
      signal,
      clock: new VirtualClock(),
    };
    expect(await findCompletedEarlier(context, checkpoint)).toBeUndefined();
    expect(target.requests).toEqual([]);
  });

  test("keeps its checkpoint when HEAD fails", async () => {
    const rig = await endedAfterComplete();
    rig.target.fault = ({ operation }) => (operation === "head" ? { refuse: serverError() } : undefined);
    await expect(rig.run(new TestFile(bytes))).rejects.toMatchObject({ cosCode: "InternalError" });
    expect(rig.checkpoints.texts.size).toBe(1);
  });
});
