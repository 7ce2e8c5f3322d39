import { describe, expect, test } from "vitest";
import { CheckpointError, CosError, TransportError } from "../../src/errors.ts";
import { adoptServerUpload } from "../../src/upload/adopt-server-upload.ts";
import type { Checkpoint } from "../../src/upload/checkpoint.ts";
import type { UploadOptions } from "../../src/upload/options.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { denied, md5Of, noSuchUpload, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { bytes, checkpointOf, resumeRig } from "../support/resume-rig.ts";
import { KB } from "../support/upload-rig.ts";

describe("findResumable() reports why an upload is given up, and aborts it", () => {
  test.each<[string, Partial<UploadOptions>, Partial<Checkpoint>]>([
    ["the source has 2560 bytes now, 2559 then", {}, { size: bytes.length - 1 }],
    ["the object's headers are others now", {}, { headers: { "content-type": "text/css" } }],
    [
      "the object's headers are others now",
      {},
      { headers: { "content-type": "text/plain", "x-cos-acl": "private" } },
    ],
    ["resume is off", { resume: "off" }, {}],
  ])("%s", async (why, options, changes) => {
    const { target, warnings, find } = await resumeRig(options);
    const id = target.plant(new Map());
    expect(await find(checkpointOf(id, changes))).toBeUndefined();
    expect(warnings).toEqual([
      { code: "resume-discarded", message: `the earlier upload is given up: ${why}`, uploadId: id },
    ]);
    expect([target.uploads.size, target.countOf("listParts")]).toEqual([0, 0]);
  });

  test("and does so without a listener too", async () => {
    const { target, find } = await resumeRig({ resume: "off", onWarning: undefined });
    expect(await find(checkpointOf(target.plant(new Map())))).toBeUndefined();
    expect(target.uploads.size).toBe(0);
  });

  test("and does not abort it where a resume is required", async () => {
    const { target, find } = await resumeRig({ resume: "require" });
    const id = target.plant(new Map());
    const error = await caughtAs(find(checkpointOf(id, { size: 1 })), CheckpointError);
    expect(error).toMatchObject({
      code: "checkpoint-unusable",
      message: "the upload cannot be resumed: the source has 2560 bytes now, 1 then",
    });
    expect([...target.uploads.keys()]).toEqual([id]);
  });

  test.each([
    [10_000, undefined],
    [10_001, "the earlier upload is given up: its parts are too small"],
  ])("with parts too small for %i bytes: %s", async (size, message) => {
    const { target, warnings, find } = await resumeRig();
    const id = target.plant(new Map());
    const found = await find(checkpointOf(id, { size, partSize: 1 }), size);
    expect(warnings.map((warning) => warning.message)).toEqual(message === undefined ? [] : [message]);
    expect(found).toEqual(
      message === undefined ? expect.objectContaining({ uploadId: id, partSize: 1 }) : undefined,
    );
  });
});

describe("findResumable() without an upload to resume", () => {
  test("where a resume is required is an error with a hint", async () => {
    const { find } = await resumeRig({ resume: "require" });
    expect(await caughtAs(find(undefined), CheckpointError)).toMatchObject({
      message: "there is no upload to resume",
      hint: expect.stringContaining("resume: 'auto'"),
    });
  });

  test.each<[string, Error]>([
    ["no response", new TransportError("no response", "timeout")],
    ["a failure of COS", serverError()],
    ["something that is no failure of COS", new Error("a bug")],
  ])("because of %s to ListParts gives up nothing", async (_, failure) => {
    const { target, find } = await resumeRig();
    const id = target.plant(new Map());
    target.fault = () => ({ refuse: failure });
    expect(await caught(find(checkpointOf(id)))).toBe(failure);
    expect([...target.uploads.keys()]).toEqual([id]);
  });

  test("because ListParts is forbidden resumes the upload without its parts, with a warning", async () => {
    const { target, warnings, find } = await resumeRig();
    const id = target.plant(new Map([[1, bytes.subarray(0, KB)]]));
    target.fault = ({ operation }) => (operation === "listParts" ? { refuse: denied() } : undefined);
    expect(await find(checkpointOf(id))).toMatchObject({ uploadId: id, stored: new Map() });
    expect(warnings).toMatchObject([{ message: expect.stringContaining("ListParts is not permitted") }]);
  });

  test("because the upload is gone, rejects when HEAD fails with anything but a refusal", async () => {
    for (const failure of [serverError(), new TransportError("no response", "timeout"), new Error("a bug")]) {
      const { target, find } = await resumeRig();
      target.fault = ({ operation }) => (operation === "head" ? { refuse: failure } : undefined);
      expect(await caught(find(checkpointOf("gone")))).toBe(failure);
    }
  });
});

describe("findResumable() of an upload that had completed", () => {
  const shown = {
    "x-cos-storage-class": "ARCHIVE",
    "x-cos-server-side-encryption": "AES256",
    "content-type": "text/plain",
    "content-disposition": "inline",
    "content-encoding": "gzip",
    "content-language": "de",
    "cache-control": "no-cache",
    expires: "Wed, 15 Nov 2023 00:00:00 GMT",
    "x-cos-meta-author": "somebody",
  };
  /** COS does not store these. */
  const other = { "x-cos-acl": "default", "x-gateway": "5", "content-type-hint": "none" };

  async function completed(
    stored: Readonly<Record<string, string>>,
    requested: Readonly<Record<string, string>> = { ...shown, ...other },
  ) {
    const made = await resumeRig({ headers: requested });
    made.target.object = { bytes, etag: `${md5Of(bytes)}-3` };
    made.target.headers = stored;
    return made.find(checkpointOf("gone", { headers: requested }));
  }

  test.each(["x-cos-acl", "x-cos-grant-read", "x-cos-tagging", "x-cos-server-side-encryption-context"])(
    "does not take it for done when it is requested for %s, which HEAD cannot show",
    async (name) => {
      expect(await completed(shown, { ...shown, [name]: "private" })).toBeUndefined();
    },
  );

  test.each(["cache-control", "x-cos-meta-author", "content-disposition"])(
    "does not take it for ours when it has a %s that nobody requested for",
    async (name) => {
      const { [name as "cache-control"]: _, ...requested } = shown;
      expect(await completed(shown, requested)).toBeUndefined();
    },
  );

  test("does not take it for ours when it has a storage class that was not requested", async () => {
    const { "x-cos-storage-class": _, ...requested } = shown;
    expect(await completed(shown, requested)).toBeUndefined();
    expect(await completed({ ...shown, "x-cos-storage-class": "MAZ_STANDARD" }, requested)).toMatchObject({
      uploadId: "gone",
    });
  });

  test("is unknown under ForbidOverwrite, where its writer cannot be seen", async () => {
    const error = await caughtAs(completed(shown, { ...shown, "x-cos-forbid-overwrite": "true" }), CosError);
    expect(error).toMatchObject({ code: "outcome-unknown", retryable: false });
  });

  test("recognises it by its bytes, its parts, and the headers that HEAD returns", async () => {
    expect(await completed({ ...shown, date: "today" })).toMatchObject({ uploadId: "gone", partCount: 3 });
  });

  test.each(Object.keys(shown))("does not take it for ours when its %s is another", async (name) => {
    expect(await completed({ ...shown, [name]: "another" })).toBeUndefined();
    expect(
      await completed(Object.fromEntries(Object.entries(shown).filter(([key]) => key !== name))),
    ).toBeUndefined();
  });
});

describe("findResumable() with resume: 'server'", () => {
  const adopting = (headers: Record<string, string> = {}) => resumeRig({ resume: "server", headers });
  const part = (number: number): Uint8Array => bytes.subarray((number - 1) * KB, number * KB);

  test("takes the newest upload whose parts have our sizes, the last one shorter", async () => {
    const { target, find } = await adopting();
    const older = target.plant(new Map());
    const newer = target.plant(new Map([1, 2, 3].map((number) => [number, part(number)])));
    const found = await find(undefined);
    expect(found).toMatchObject({ uploadId: newer, partSize: KB, checkpoint: undefined });
    expect(target.uploads.has(older)).toBe(true);
  });

  test("warns that the object keeps the headers of the adopted upload", async () => {
    const { target, warnings, find } = await adopting();
    const uploadId = target.plant(new Map());
    await find(undefined);
    expect(warnings).toMatchObject([
      { code: "upload-adopted", uploadId, message: expect.stringContaining("keeps the headers and the ACL") },
    ]);
  });

  test.each(["x-cos-acl", "x-cos-storage-class", "content-type", "x-cos-tagging"])(
    "adopts none for a call that asks for %s, which COS does not show of an upload",
    async (name) => {
      const { target, warnings, find } = await adopting({ [name]: "any" });
      target.plant(new Map());
      expect(await find(undefined)).toBeUndefined();
      expect(warnings).toMatchObject([{ code: "resume-discarded", message: expect.stringContaining(name) }]);
      expect([target.uploads.size, target.requests.length]).toEqual([1, 0]);
    },
  );

  test("names all of the headers that COS does not show, and only those", async () => {
    const { warnings, find } = await adopting({
      "content-type": "text/plain",
      "x-cos-forbid-overwrite": "true",
      "x-cos-acl": "private",
    });
    expect(await find(undefined)).toBeUndefined();
    expect(warnings.map(({ message }) => message)).toEqual([
      "no unfinished upload can be adopted: COS does not show its content-type, x-cos-acl",
    ]);
  });

  test("adopts one for a call whose headers are not stored with the object", async () => {
    const { target, find } = await adopting({ "x-cos-forbid-overwrite": "true" });
    const uploadId = target.plant(new Map());
    expect(await find(undefined)).toMatchObject({ uploadId });
  });

  test("adopts none for a stream: nothing says how its upload was cut", async () => {
    const { target, core, options, clock } = await adopting();
    target.plant(new Map());
    const { signal } = new AbortController();
    const plan = { size: undefined, partSize: KB, partCount: undefined };
    const adopted = adoptServerUpload({ target, core, options, plan, signal });
    expect(await clock.run(adopted)).toBeUndefined();
    expect(target.requests).toEqual([]);
  });

  test.each<[string, number, number]>([
    ["a part of another size", 1, KB - 1],
    ["a last part that is as long as the others", 3, KB],
    ["a part beyond the end", 4, KB],
  ])("passes over one with %s", async (_, number, length) => {
    const { target, find } = await adopting();
    const older = target.plant(new Map());
    target.plant(new Map([[number, pattern(length)]]));
    expect(await find(undefined)).toMatchObject({ uploadId: older });
  });

  test("skips one with an empty part after the end of the source", async () => {
    const { target, find } = await adopting();
    target.plant(new Map([[3, new Uint8Array(0)]]));
    expect(await find(undefined, 2 * KB)).toBeUndefined();
  });

  test("skips one that vanishes before it can be checked", async () => {
    const { target, find } = await adopting();
    const older = target.plant(new Map());
    target.plant(new Map());
    target.fault = ({ operation, nth }) =>
      operation === "listParts" && nth === 0 ? { refuse: noSuchUpload() } : undefined;
    expect(await find(undefined)).toMatchObject({ uploadId: older });
  });

  test("gives up a checkpoint that does not fit, and then adopts", async () => {
    const { target, find } = await adopting();
    const other = target.plant(new Map());
    const own = target.plant(new Map());
    expect(await find(checkpointOf(own, { size: 1 }))).toMatchObject({ uploadId: other });
    expect([...target.uploads.keys()]).toEqual([other]);
  });
});
