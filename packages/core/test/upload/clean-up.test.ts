import { describe, expect, test } from "vitest";
import { ServiceError } from "../../src/errors.ts";
import { type Discarded, discard } from "../../src/upload/clean-up.ts";
import { denied, noSuchUpload } from "../support/memory-target.ts";
import { resumeRig } from "../support/resume-rig.ts";

describe("discard()", () => {
  test("waits at most ten seconds for COS, and reports the orphan", async () => {
    const { clock, target, options, warnings } = await resumeRig();
    target.latencyMs = () => 3_600_000;
    const start = clock.now();
    expect(await clock.run(discard(target, "upload-1", options, clock))).toBe("left behind");
    expect([clock.now() - start, clock.pending]).toEqual([10_000, 0]);
    expect(warnings).toEqual([
      {
        code: "orphan-upload",
        message:
          "upload upload-1 could not be aborted (abortMultipartUpload: no response within 10 s); abort it later",
        uploadId: "upload-1",
      },
    ]);
  });

  test.each<[string, Error, Discarded]>([
    ["an upload that is gone already", noSuchUpload(), "unknown upload"],
    ["a refusal", denied(), "left behind"],
    [
      "another thing that is not found",
      new ServiceError("gone", { code: "not-found", retryable: false, status: 404, cosCode: "NoSuchBucket" }),
      "left behind",
    ],
  ])("of %s: %s → %s", async (_, failure, left) => {
    const { clock, target, options, warnings } = await resumeRig();
    target.fault = () => ({ refuse: failure });
    expect(await clock.run(discard(target, target.plant(new Map()), options, clock))).toBe(left);
    expect([warnings.length, clock.pending]).toEqual([left === "left behind" ? 1 : 0, 0]);
  });

  test("leaves no timer after it succeeded", async () => {
    const { clock, target, options } = await resumeRig();
    expect(await clock.run(discard(target, target.plant(new Map()), options, clock))).toBe("aborted");
    expect([clock.pending, target.uploads.size]).toEqual([0, 0]);
  });
});
