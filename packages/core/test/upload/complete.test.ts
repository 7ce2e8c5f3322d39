import { describe, expect, test, vi } from "vitest";
import { CosError, ServiceError, TransportError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { bytes, completing, expectPublished, upload } from "../support/complete-rig.ts";
import {
  denied,
  type Fault,
  lost,
  md5Of,
  noSuchUpload,
  serverError,
  serviceErrorOf,
} from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

const other = pattern(6 * KB, 42);

describe("the response to Complete is lost", () => {
  test("and it happened: success, sent once", async () => {
    const rig = await completing([{ lose: lost() }]);
    await upload(rig);
    expectPublished(rig);
    expect(rig.target.countOf("complete")).toBe(1);
    expect(rig.progress.at(-1)).toEqual([bytes.length, bytes.length]);
  });

  test("and it did not happen: sent again", async () => {
    const rig = await completing([{ refuse: lost() }]);
    await upload(rig);
    expectPublished(rig);
    expect(rig.target.countOf("complete")).toBe(2);
  });

  test("and it did not happen: those who watch the requests hear what is sent again, and when", async () => {
    const error = lost();
    const rig = await completing([{ refuse: error }]);
    const repeats = vi.fn();
    Object.assign(rig.target, { repeats });
    await upload(rig);
    expect(repeats.mock.calls).toEqual([[error, expect.any(Number), "completeMultipartUpload"]]);
  });

  test("and the upload has expired: outcome-unknown", async () => {
    const rig = await completing([{ refuse: lost() }], ({ target }) => target.uploads.clear());
    const error = await caughtAs(upload(rig), CosError);
    expect(error).toMatchObject({
      code: "outcome-unknown",
      message: expect.stringMatching(
        /^the response to Complete was lost, and COS no longer knows the upload/,
      ),
      retryable: false,
      hint: expect.stringContaining("HEAD the key"),
    });
    expect([rig.target.object, rig.target.countOf("complete")]).toEqual([undefined, 1]);
  });

  test("and the upload is gone while an older object of the same size is there: outcome-unknown, object untouched", async () => {
    const rig = await completing([{ refuse: lost() }], ({ target }) => target.uploads.clear());
    rig.target.replaceObject(other);
    expect(await caughtAs(upload(rig), CosError)).toMatchObject({ code: "outcome-unknown" });
    expect(md5Of(rig.target.object?.bytes ?? bytes)).toBe(md5Of(other));
  });

  test("and it did not happen while an older object has the same bytes: sent again, because the headers may differ", async () => {
    const rig = await completing([{ refuse: lost() }]);
    rig.target.replaceObject(bytes);
    await upload(rig);
    expectPublished(rig);
    expect(rig.target.countOf("complete")).toBe(2);
  });

  test("and it happened, but another writer overwrote the object since: outcome-unknown, never success", async () => {
    const rig = await completing([{ lose: lost() }], ({ target }) => target.replaceObject(other));
    expect(await caughtAs(upload(rig), CosError)).toMatchObject({ code: "outcome-unknown" });
    expect(rig.progress.every(([consumed]) => consumed < bytes.length)).toBe(true);
  });

  test("and HEAD is forbidden: outcome-unknown, as a typed error", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => {
      if (operation === "head") return { refuse: denied() };
      return operation === "complete" ? { lose: lost() } : undefined;
    };
    expect(await caughtAs(upload(rig), CosError)).toMatchObject({
      code: "outcome-unknown",
      message: "the response to Complete was lost, and HEAD failed too: AccessDenied",
      retryable: false,
    });
  });

  test("and COS executed it, and the parts may not be listed: the digest of the object is enough", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation }) => {
      if (operation === "listParts") return { refuse: denied() };
      return operation === "complete" ? { lose: lost() } : undefined;
    };
    await upload(rig);
    expectPublished(rig);
  });

  test("and it did not happen, and the parts may not be listed: sent again, and resolved", async () => {
    const rig = await createRig();
    rig.target.fault = ({ operation, nth }) => {
      if (operation === "listParts") return { refuse: denied() };
      return operation === "complete" && nth === 0 ? { refuse: lost() } : undefined;
    };
    await upload(rig);
    expectPublished(rig);
  });

  test("every time: given up after eight checks that show that COS did not execute it, with the upload kept", async () => {
    const rig = await completing(Array.from({ length: 8 }, () => ({ refuse: lost() })));
    await caughtAs(upload(rig), TransportError);
    expect([rig.target.countOf("complete"), rig.target.uploads.size, rig.checkpoints.texts.size]).toEqual([
      8, 1, 1,
    ]);
  });
});

describe("Complete is refused", () => {
  test("once by a 200 with an error document: sent again", async () => {
    const rig = await completing([{ refuse: serverError() }]);
    await upload(rig);
    expectPublished(rig);
    expect(rig.target.countOf("complete")).toBe(2);
  });

  test("every time: COS's own error, and without checkpoints the upload is aborted", async () => {
    const rig = await completing(Array.from({ length: 8 }, () => ({ refuse: serverError() })));
    expect(await caughtAs(upload(rig, false), ServiceError)).toMatchObject({ cosCode: "InternalError" });
    expect([rig.target.countOf("complete"), rig.target.uploads.size, rig.target.object]).toEqual([
      8,
      0,
      undefined,
    ]);
  });

  test("permanently: at once, without checking its outcome", async () => {
    const rig = await completing([{ refuse: denied() }]);
    expect(await caughtAs(upload(rig), ServiceError)).toMatchObject({ cosCode: "AccessDenied" });
    expect([rig.target.countOf("complete"), rig.target.countOf("head")]).toEqual([1, 0]);
  });

  test("as NoSuchUpload after a lost success: resolved by the object's digest", async () => {
    const rig = await completing([{ lose: noSuchUpload() }]);
    await upload(rig);
    expectPublished(rig);
  });

  test("as NoSuchUpload, because another client aborted the upload: the refusal itself", async () => {
    const rig = await createRig();
    rig.target.replaceObject(other);
    rig.target.fault = ({ operation }) => {
      if (operation === "complete") rig.target.uploads.clear();
      return undefined;
    };
    const error = await caughtAs(upload(rig), ServiceError);
    expect(error).toMatchObject({ code: "not-found", cosCode: "NoSuchUpload", retryable: false });
    expect(error.hint).toContain("make the same call again");
    expect([rig.target.countOf("complete"), rig.checkpoints.texts.size]).toEqual([1, 0]);
  });

  test("as UploadConflict, while an earlier Complete is being carried out: checked until it is done", async () => {
    const rig = await createRig();
    const conflict = serviceErrorOf(409, "UploadConflict", "conflict");
    rig.target.fault = ({ operation, nth }) =>
      operation === "complete" && nth < 2 ? { refuse: nth === 0 ? lost() : conflict } : undefined;
    await upload(rig);
    expectPublished(rig);
    expect([rig.target.countOf("complete"), rig.target.countOf("abort")]).toEqual([3, 0]);
  });

  test("as UploadConflict every time: outcome-unknown, and the upload is not aborted", async () => {
    const rig = await completing(
      Array.from({ length: 8 }, () => ({ refuse: serviceErrorOf(409, "UploadConflict", "conflict") })),
    );
    expect(await caughtAs(upload(rig, false), CosError)).toMatchObject({ code: "outcome-unknown" });
    expect([rig.target.countOf("abort"), rig.target.uploads.size]).toEqual([0, 1]);
    expect(rig.warnings.map(({ code }) => code)).toEqual(["orphan-upload"]);
  });

  test("by a failed connection: nothing was sent, so the outcome is known", async () => {
    const rig = await completing(
      Array.from({ length: 8 }, () => ({ refuse: new TransportError("", "connect") })),
    );
    expect(await caughtAs(upload(rig), TransportError)).toMatchObject({
      code: "connect-failed",
      retryable: true,
    });
    expect([rig.target.countOf("head"), rig.target.countOf("listParts"), rig.checkpoints.texts.size]).toEqual(
      [0, 0, 1],
    );
  });
});

test("an abort while a lost Complete is resolved rejects with the caller's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const rig = await completing([{ lose: lost() }], () => controller.abort(reason));
  expect(await caught(rig.run(new TestFile(bytes), { signal: controller.signal }))).toBe(reason);
});

describe("Initiate", () => {
  async function initiating(faults: readonly (Fault | undefined)[]): Promise<Rig> {
    const rig = await createRig();
    rig.target.fault = ({ operation, nth }) => (operation === "initiate" ? faults[nth] : undefined);
    return rig;
  }

  test.each([
    ["its response is lost", lost],
    ["COS fails with 500", serverError],
  ])("is sent once more when %s, with one warning of a possible orphan", async (_, error) => {
    const rig = await initiating([{ lose: error() }]);
    await upload(rig);
    expect(rig.warnings.map(({ code }) => code)).toEqual(["orphan-upload"]);
    expect([...rig.target.uploads.keys()]).toEqual(["upload-1"]);
    expect(rig.target.object?.bytes.length).toBe(bytes.length);
  });

  test("warns for every response that is lost", async () => {
    const rig = await initiating([{ lose: lost() }, { lose: lost() }]);
    await caughtAs(upload(rig), TransportError);
    expect(rig.warnings.map(({ code }) => code)).toEqual(["orphan-upload", "orphan-upload"]);
    expect(rig.target.uploads.size).toBe(2);
  });

  test.each<[string, () => Error]>([
    ["nothing reached COS", () => new TransportError("refused", "connect")],
    ["COS refused it", denied],
    [
      "COS had no capacity",
      () =>
        new ServiceError("slow down", {
          code: "throttled",
          retryable: true,
          status: 503,
          cosCode: "SlowDown",
          requestId: "id",
        }),
    ],
  ])("is neither sent again nor an orphan when %s", async (_, error) => {
    const rig = await initiating([{ refuse: error() }]);
    await expect(upload(rig)).rejects.toThrow();
    expect([rig.warnings.length, rig.target.countOf("initiate")]).toEqual([0, 1]);
  });

  test("that is aborted while under way may leave an orphan, with a warning", async () => {
    const rig = await createRig();
    const controller = new AbortController();
    const reason = new Error("enough");
    rig.clock.timer(8, () => controller.abort(reason));
    expect(await caught(rig.run(new TestFile(bytes), { signal: controller.signal }))).toBe(reason);
    expect([rig.target.uploads.size, rig.target.countOf("initiate")]).toEqual([1, 1]);
    expect(rig.warnings.map(({ code }) => code)).toEqual(["orphan-upload"]);
  });
});
