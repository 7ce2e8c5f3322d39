import { describe, expect, test } from "vitest";
import { CosError, IntegrityError, ServiceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, Key } from "../support/client.ts";
import { copyRig, object } from "../support/copy-rig.ts";
import { Broken, cosResponse, errorDocument, refusal, type Step } from "../support/wire.ts";

describe("copyObject() of one part", () => {
  test("copies in one request, pinned by ETag, and verifies the copy", async () => {
    const { copy, of } = copyRig(5);
    expect(await copy()).toMatchObject({ size: 5, crc64: "77", partsCopied: 1 });
    expect(of("copy")[0]?.headers).toMatchObject({
      "x-cos-copy-source": "source-1250000000.cos.ap-beijing.myqcloud.com/from",
      "x-cos-copy-source-if-match": '"e1"',
      "x-cos-metadata-directive": "Copy",
    });
  });

  test("sends the HEAD of the source to its region", async () => {
    const { copy, of } = copyRig(5);
    await copy();
    expect(new URL(of("head source")[0]?.url ?? "").host).toBe(
      "source-1250000000.cos.ap-beijing.myqcloud.com",
    );
  });

  test("keeps the caller's own condition", async () => {
    const { copy, of } = copyRig(5);
    await copy({ CopySourceIfMatch: '"mine"' });
    expect(of("copy")[0]?.headers["x-cos-copy-source-if-match"]).toBe('"mine"');
  });

  test("replaces the metadata only when some is given", async () => {
    const { copy, of } = copyRig(5);
    await copy({ ContentType: "text/css" });
    await copy({ StorageClass: "ARCHIVE" });
    expect(of("copy").map(({ headers }) => headers["x-cos-metadata-directive"])).toEqual([
      "Replaced",
      "Copy",
    ]);
    expect(of("copy")[1]?.headers["x-cos-storage-class"]).toBe("ARCHIVE");
  });

  test("onto itself keeps the metadata", async () => {
    const { copy, of } = copyRig(5);
    await copy({ CopySource: { Bucket, Key, Region: "ap-guangzhou" }, StorageClass: "ARCHIVE" });
    expect(of("copy")[0]?.headers).toMatchObject({
      "x-cos-metadata-directive": "Replaced",
      "content-type": "text/plain",
      "x-cos-meta-name": "a",
    });
  });

  test.each([
    ["a 200 that holds SlowDown", () => cosResponse(200, {}, errorDocument("SlowDown"))],
    ["a 200 that holds InternalError", () => cosResponse(200, {}, errorDocument("InternalError"))],
    ["a 200 that holds nothing", () => cosResponse(200)],
    ["a reset", () => new Broken("reset")],
  ])("is retried after %s", async (_, step) => {
    const { copy, of } = copyRig(5, { copy: [step()] });
    await copy();
    expect(of("copy")).toHaveLength(2);
  });

  test("is outcome-unknown when its response was lost and ForbidOverwrite then refuses it", async () => {
    const { copy, of } = copyRig(5, { copy: [new Broken("reset"), refusal(409, "FileAlreadyExists")] });
    expect(await caughtAs(copy({ ForbidOverwrite: true }), CosError)).toMatchObject({
      code: "outcome-unknown",
    });
    expect(of("copy")).toHaveLength(2);
  });

  test.each<[string, (Step | undefined)[], Step | undefined]>([
    ["at once", [], undefined],
    ["after it was throttled", [refusal(503, "SlowDown")], undefined],
    ["after a lost response, for another object", [new Broken("reset")], cosResponse(200, object(5, "78"))],
  ])("is refused under ForbidOverwrite %s", async (_, before, found) => {
    const { copy } = copyRig(5, {
      copy: [...before, refusal(409, "FileAlreadyExists")],
      "head copy": [found],
    });
    const error = await caughtAs(copy({ ForbidOverwrite: true }), ServiceError);
    expect(error).toMatchObject({ cosCode: "FileAlreadyExists" });
  });

  test("is not retried after a final error in a 200", async () => {
    const { copy, of } = copyRig(5, { copy: [cosResponse(200, {}, errorDocument("AccessDenied"))] });
    await caughtAs(copy(), ServiceError);
    expect(of("copy")).toHaveLength(1);
  });

  test.each([
    ["another size", object(6)],
    ["another CRC64", object(5, "78")],
  ])("is an IntegrityError when the copy has %s", async (_, headers) => {
    const { copy } = copyRig(5, { "head copy": [cosResponse(200, headers)] });
    await caughtAs(copy(), IntegrityError);
  });
});
