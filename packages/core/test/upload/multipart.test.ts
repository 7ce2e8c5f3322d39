import { describe, expect, test } from "vitest";
import { CheckpointError, CosError, type ServiceError } from "../../src/errors.ts";
import { upload } from "../../src/upload/uploader.ts";
import { caughtAs } from "../support/caught.ts";
import { denied, lost, noSuchUpload, serviceErrorOf } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, interruptedRig, KB, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";

const bytes = pattern(6 * KB);
const file = (): TestFile => new TestFile(bytes);
const throttled = (): ServiceError => serviceErrorOf(503, "SlowDown", "throttled");
const without = { checkpoints: undefined } as const;

describe("an upload that cannot have its checkpoint", () => {
  test("because another upload holds it, names the object, with a hint", async () => {
    const rig = await createRig();
    const both = Promise.allSettled([rig.start(file()), rig.start(file())]);
    // Either may get the lock: both ask for it in the same turn of the event loop.
    const failures = (await rig.clock.run(both)).filter(({ status }) => status === "rejected");
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      reason: {
        name: "CheckpointError",
        message: expect.stringContaining("another upload of exampleobject holds the checkpoint"),
        hint: expect.stringContaining("wait until it has ended"),
      },
    });
  });

  test("because it cannot be locked, where a resume is required, reports the reason", async () => {
    const rig = await createRig();
    rig.checkpoints.failing.add("lock");
    expect(await caughtAs(rig.run(file(), { resume: "require" }), CheckpointError)).toMatchObject({
      message: "the checkpoint cannot be locked (disk full: lock)",
      cause: { message: "disk full: lock" },
    });
  });

  test("because the call has none, where a resume is required, fails before it reads anything", async () => {
    const rig = await createRig();
    const source = file();
    const error = await caughtAs(rig.run(source, { resume: "require", ...without }), CheckpointError);
    expect(error.message).toContain("this source or call has no checkpoint");
    expect([source.reads, rig.target.requests]).toEqual([[], []]);
  });

  test.each(["lock", "load", "save"] as const)(
    "because %s fails, goes on also when nobody listens to warnings",
    async (failing) => {
      const rig = await createRig();
      rig.checkpoints.failing.add(failing);
      expect(await rig.run(file(), { onWarning: undefined })).toMatchObject({ partsSent: 6 });
    },
  );

  test("because its lock fails with a value that is no Error, reports that value", async () => {
    const rig = await createRig();
    rig.checkpoints.lock = () => Promise.reject("EROFS");
    await rig.run(file());
    expect(rig.warnings[0]?.message).toContain("(EROFS)");
  });
});

describe("a resume", () => {
  test("that sends no part does not write the checkpoint again", async () => {
    const rig = await interruptedRig(file());
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: denied() } : undefined);
    const source = file();
    source.onRead = () => {
      throw new Error("EIO");
    };
    await expect(rig.run(source)).rejects.toThrow("EIO");
    expect(rig.checkpoints.saved).toEqual([]);
  });
});

test("an upload that COS no longer knows has a hint", async () => {
  const rig = await createRig();
  rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: noSuchUpload() } : undefined);
  const error = await caughtAs(rig.run(file()), CosError);
  expect(error.hint).toContain("COS no longer knows upload upload-1: make the same call again");
  expect(rig.checkpoints.texts.size).toBe(0);
});

describe("an upload that no checkpoint names", () => {
  test("and whose outcome is unknown is not aborted, because its Complete may still arrive: an orphan", async () => {
    for (const onWarning of [undefined, "listens"]) {
      const rig = await createRig();
      rig.target.fault = ({ operation }) => {
        if (operation === "head" || operation === "listParts") return { refuse: denied() };
        return operation === "complete" ? { refuse: lost() } : undefined;
      };
      const listener = onWarning === undefined ? { onWarning } : {};
      const error = await caughtAs(rig.run(file(), { ...without, ...listener }), CosError);
      expect(error.code).toBe("outcome-unknown");
      expect([rig.target.countOf("abort"), rig.target.uploads.size]).toEqual([0, 1]);
      if (onWarning !== undefined)
        expect(rig.warnings).toMatchObject([
          { code: "orphan-upload", uploadId: "upload-1", message: expect.stringContaining("upload-1") },
        ]);
    }
  });

  test.each([
    ["is carried out before the abort", false],
    ["may still be on its way, because the abort is denied", true],
  ])(
    "and whose first Complete %s has an unknown outcome, whatever the last one came to",
    async (_, isDenied) => {
      const rig = await createRig();
      rig.target.fault = ({ operation, nth }) => {
        if (operation === "complete") return { refuse: nth === 0 ? lost() : throttled() };
        if (operation !== "abort") return undefined;
        if (isDenied) return { refuse: denied() };
        rig.target.uploads.clear();
        return undefined;
      };
      const error = await caughtAs(rig.run(file(), without), CosError);
      expect(error).toMatchObject({
        code: "outcome-unknown",
        retryable: false,
        cause: { cosCode: "SlowDown" },
      });
    },
  );

  test("and that was aborted after a lost Complete fails with the last error: it is never published", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, nth }) =>
      operation === "complete" ? { refuse: nth === 0 ? lost() : throttled() } : undefined;
    expect(await caughtAs(rig.run(file(), without), CosError)).toMatchObject({ code: "throttled" });
    expect(rig.target.countOf("abort")).toBe(1);
  });

  test("and that could not be aborted fails with its own error when no Complete was sent", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) =>
      operation === "putPart" || operation === "abort" ? { refuse: denied() } : undefined;
    expect(await caughtAs(rig.run(file(), without), CosError)).toMatchObject({ code: "access-denied" });
    expect(rig.warnings).toMatchObject([{ code: "orphan-upload", uploadId: "upload-1" }]);
  });

  test("and that is gone is not aborted either", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => (operation === "putPart" ? { refuse: noSuchUpload() } : undefined);
    await expect(rig.run(file(), without)).rejects.toMatchObject({ cosCode: "NoSuchUpload" });
    expect([rig.target.countOf("abort"), rig.warnings]).toEqual([0, []]);
  });
});

test.each([
  ["one part", KB, KB],
  ["a source that is shorter than a part", 100 * KB, bytes.length],
])("the memory that is asked for is that of %s", async (_, partSize, expected) => {
  const rig = await createRig();
  const asked: number[] = [];
  await rig.clock.run(
    upload(
      rig.target,
      file(),
      { ...UPLOAD_OPTIONS, partSize, threshold: 0, concurrency: 1 },
      {
        clock: rig.clock,
        partUnit: KB,
        digestCoreFor: async (partBytes) => {
          asked.push(partBytes);
          return rig.core;
        },
      },
    ),
  );
  expect(asked).toEqual([0, expected]);
});
