import { describe, expect, test } from "vitest";
import { CosError, ServiceError, TransportError } from "../../src/errors.ts";
import { cleanUpFailedUpload, type Discarded, discard } from "../../src/upload/clean-up.ts";
import type { UploadJob } from "../../src/upload/upload-job.ts";
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

  test("ends the request with a timeout", async () => {
    const { clock, options } = await resumeRig();
    let reason: unknown;
    const abort = (_: string, signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          reject(reason);
        });
      });
    await clock.run(discard({ abort }, "upload-1", options, clock));
    expect(reason).toBeInstanceOf(TransportError);
    expect(reason).toMatchObject({ failure: "timeout", code: "timeout" });
  });

  test("leaves no timer after it succeeded", async () => {
    const { clock, target, options } = await resumeRig();
    expect(await clock.run(discard(target, target.plant(new Map()), options, clock))).toBe("aborted");
    expect([clock.pending, target.uploads.size]).toEqual([0, 0]);
  });
});

describe("cleanUpFailedUpload() after a Complete whose response was lost", () => {
  const lost = new TransportError("no response", "timeout");

  async function cleanUp(fault: Error | undefined) {
    const { clock, target, options } = await resumeRig();
    const uploadId = target.plant(new Map());
    target.fault = () => (fault === undefined ? undefined : { refuse: fault });
    const job = { target, options, dependencies: { clock } } as unknown as UploadJob;
    return clock.run(cleanUpFailedUpload(job, uploadId, true, lost));
  }

  test.each<[string, Error]>([
    ["the upload could not be aborted", denied()],
    ["COS no longer knows the upload", noSuchUpload()],
  ])("does not know the outcome when %s", async (why, fault) => {
    const error = await cleanUp(fault);
    expect(error).toBeInstanceOf(CosError);
    expect(error).toMatchObject({
      code: "outcome-unknown",
      message: `the response to Complete was lost, and ${why}`,
      cause: lost,
    });
  });

  test("fails with the failure itself once the upload is aborted", async () => {
    expect(await cleanUp(undefined)).toBe(lost);
  });
});
