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

  test("is undefined without a text", async () => {
    const { options, warnings } = await resumeRig();
    const empty = holding(async () => undefined);
    expect(await loadCheckpoint(empty, "id", options)).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test.each<[string, Partial<Checkpoint>, boolean]>([
    ["this object", {}, true],
    ["another bucket", { Bucket: "other-1250000000" }, false],
    ["another key", { Key: "other" }, false],
  ])("of %s", async (_, changes, ours) => {
    const { options, warnings } = await resumeRig();
    const text = encodeCheckpoint(checkpointOf("upload-1", changes));
    const found = await loadCheckpoint(
      holding(async () => text),
      "id",
      options,
    );
    expect(found?.UploadId).toBe(ours ? "upload-1" : undefined);
    expect(warnings.map(({ code, message }) => [code, message.includes("a new upload begins")])).toEqual(
      ours ? [] : [["checkpoint-discarded", true]],
    );
  });

  test("that fails warns with the reason, or is the error's cause where a resume is required", async () => {
    for (const failure of [new Error("EIO"), "EIO"]) {
      const { options, warnings } = await resumeRig();
      const checkpoints = holding(() => Promise.reject(failure));
      expect(await loadCheckpoint(checkpoints, "id", options)).toBeUndefined();
      expect(warnings).toMatchObject([
        { code: "checkpoint-degraded", message: expect.stringContaining("cannot be read (EIO)") },
      ]);
      const required = loadCheckpoint(checkpoints, "id", { ...options, resume: "require" });
      expect(await caughtAs(required, CheckpointError)).toMatchObject({
        code: "checkpoint-unusable",
        message: "the checkpoint cannot be read",
        cause: failure,
      });
    }
  });
});
