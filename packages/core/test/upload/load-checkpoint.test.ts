import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/errors.ts";
import type { CheckpointStore } from "../../src/runtime/checkpoint-store.ts";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import { checkpointId, encodeCheckpoint } from "../../src/upload/checkpoint-codec.ts";
import { loadCheckpoint } from "../../src/upload/load-checkpoint.ts";
import { lockCheckpoint } from "../../src/upload/lock-checkpoint.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
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

const A = "http://127.0.0.1:9000/examplebucket-1250000000";
const B = "http://127.0.0.1:9001/examplebucket-1250000000";

test.each<[string, string | undefined, string]>([
  [A, undefined, `${A}, not at COS itself`],
  [A, B, `${A}, not at ${B}`],
  ["", B, `COS itself, not at ${B}`],
])("loadCheckpoint() of an upload at '%s' for one at %s names both", async (there, here, text) => {
  const { options, warnings } = await resumeRig();
  const store = new MemoryCheckpoints();
  store.texts.set("id", encodeCheckpoint({ ...checkpointOf("upload-1"), version: 2, endpoint: there }));
  expect(await loadCheckpoint(store, "id", { ...options, endpoint: here })).toBeUndefined();
  expect(warnings).toMatchObject([
    { message: expect.stringContaining(`of an upload at ${text};`), uploadId: "upload-1" },
  ]);
});

describe("the place where version 1 kept the checkpoint of a custom endpoint", () => {
  /** A store that records what is asked of it. */
  class Recording extends MemoryCheckpoints {
    readonly asked: string[] = [];

    override load(id: string): Promise<string | undefined> {
      this.asked.push(`load ${id}`);
      return super.load(id);
    }

    override lock(id: string): ReturnType<MemoryCheckpoints["lock"]> {
      this.asked.push(`lock ${id}`);
      return super.lock(id);
    }
  }

  test("is not looked at for COS itself", async () => {
    const { options } = await resumeRig();
    for (const endpoint of [undefined, ""]) {
      const store = new Recording();
      expect(await loadCheckpoint(store, "id", { ...options, endpoint })).toBeUndefined();
      expect(store.asked).toEqual(["load id"]);
    }
  });

  test.each<[string, ((text: string) => string) | undefined]>([
    ["nothing", undefined],
    ["a checkpoint of version 2, of an upload to COS itself", (text) => text],
    ["a damaged text", () => "{"],
  ])("is not locked and stays as it is when it has %s", async (_, change) => {
    const { options, warnings } = await resumeRig();
    const store = new Recording();
    const oldId = await checkpointId(options.Bucket, options.Key);
    const text = encodeCheckpoint({ ...checkpointOf("upload-1"), version: 2, endpoint: "" });
    if (change !== undefined) store.texts.set(oldId, change(text));
    const before = [...store.texts];
    expect(await loadCheckpoint(store, "id", { ...options, endpoint: A })).toBeUndefined();
    expect([store.asked, [...store.texts], warnings]).toEqual([["load id", `load ${oldId}`], before, []]);
  });
});

test("lockCheckpoint() releases a lock that is granted after the abort", async () => {
  const { options } = await resumeRig();
  const controller = new AbortController();
  const reason = new Error("enough");
  let grant = (): void => {};
  let released = 0;
  const release = async (): Promise<void> => {
    released += 1;
  };
  const store = new MemoryCheckpoints();
  store.lock = () =>
    new Promise((resolve) => {
      grant = () => resolve({ release });
    });
  const locking = lockCheckpoint(store, "id", { ...options, signal: controller.signal });
  controller.abort(reason);
  expect(await caught(locking)).toBe(reason);
  grant();
  await expect.poll(() => released).toBe(1);
});
