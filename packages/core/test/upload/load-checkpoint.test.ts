import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import type { CheckpointStore } from "../../src/runtime/checkpoint-store.ts";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import { encodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import { loadCheckpoint } from "../../src/upload/load-checkpoint.ts";
import { caughtAs } from "../support/caught.ts";
import { checkpointOf, resumeRig } from "../support/resume-rig.ts";

describe("loadCheckpoint()", () => {
  const holding = (load: CheckpointStore["load"]): CheckpointStore => ({
    load,
    save: async () => {},
    remove: async () => {},
    lock: async () => undefined,
  });

  test("is undefined without a store, and without a text", async () => {
    const { options, warnings } = await resumeRig();
    expect(await loadCheckpoint(options, "id")).toBeUndefined();
    const empty = { ...options, checkpoints: holding(async () => undefined) };
    expect(await loadCheckpoint(empty, "id")).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test.each<[string, Partial<Checkpoint>, boolean]>([
    ["this object", {}, true],
    ["another bucket", { Bucket: "other-1250000000" }, false],
    ["another key", { Key: "other" }, false],
  ])("of %s", async (_, changes, ours) => {
    const { options, warnings } = await resumeRig();
    const text = encodeCheckpoint(checkpointOf("upload-1", changes));
    const found = await loadCheckpoint({ ...options, checkpoints: holding(async () => text) }, "id");
    expect(found?.UploadId).toBe(ours ? "upload-1" : undefined);
    expect(warnings.map(({ code, message }) => [code, message.includes("begins anew")])).toEqual(
      ours ? [] : [["checkpoint-discarded", true]],
    );
  });

  test("that fails says with what, or is the error's cause where a resume is required", async () => {
    for (const failure of [new Error("EIO"), "EIO"]) {
      const { options, warnings } = await resumeRig();
      const checkpoints = holding(() => Promise.reject(failure));
      expect(await loadCheckpoint({ ...options, checkpoints }, "id")).toBeUndefined();
      expect(warnings).toMatchObject([
        { code: "checkpoint-degraded", message: expect.stringContaining("cannot be read (EIO)") },
      ]);
      const required = loadCheckpoint({ ...options, checkpoints, resume: "require" }, "id");
      expect(await caughtAs(required, CheckpointError)).toMatchObject({
        code: "checkpoint-unusable",
        message: "the checkpoint cannot be read",
        cause: failure,
      });
    }
  });
});
