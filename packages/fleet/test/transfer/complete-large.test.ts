import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  abortLarge,
  completeLarge,
  openUploads,
  type PartResult,
  type TransferContext,
  transferRange,
} from "../../src/transfer/index.ts";
import { BUCKET, bytesOf, crc64Of, failure, MIB, openRig, type Rig } from "../support/rig.ts";
import { beginLarge, range } from "./large-upload.ts";

/** 18 parts of 1 MiB: two ranges. */
const bytes = bytesOf("large", 17 * MIB + 12_345);

let rig: Rig;
let context: TransferContext;

beforeAll(async () => {
  rig = await openRig();
});
beforeEach(async () => {
  await rig.emulator.reset();
  rig.middleware = undefined;
  rig.emulator.faults.remove("default");
  context = rig.context;
});
afterAll(() => rig.close());

describe("completeLarge()", () => {
  const uploadAll = async () => {
    const upload = await beginLarge(context, rig.file("large", bytes));
    const parts: PartResult[] = [];
    for (const at of [0, 1]) parts.push(...(await transferRange(context, range(upload, at))));
    return { ...upload, parts };
  };

  it("succeeds when an earlier Complete has published the object", async () => {
    const upload = await uploadAll();
    const first = await completeLarge(context, upload);
    expect(await completeLarge(context, upload)).toEqual({ ...first, sent: false });
    expect(rig.requests("CompleteMultipartUpload")).toBe(1);
  });

  it("succeeds when the response to Complete is lost", async () => {
    const upload = await uploadAll();
    rig.emulator.faults.install("default", [
      { op: "CompleteMultipartUpload", when: "after-commit-before-response", fault: { kind: "reset" } },
    ]);
    expect(await completeLarge(context, upload)).toMatchObject({ crc64: await crc64Of(bytes), sent: false });
    rig.emulator.faults.expectAllFired("default");
  });

  it("sends Complete again when it was lost before COS had it, although an equal object is there", async () => {
    const upload = await uploadAll();
    await rig.cos.putObject({ Bucket: BUCKET, Key: "large.bin", Body: bytes });
    rig.emulator.faults.install("default", [
      { op: "CompleteMultipartUpload", when: "before-headers", fault: { kind: "reset" } },
    ]);
    expect(await completeLarge(context, upload)).toMatchObject({ sent: true });
    rig.emulator.faults.expectAllFired("default");
    expect(await openUploads(context, "large.bin")).toEqual([]);
  });

  it("names the parts that are missing, in the ledger or in COS", async () => {
    const upload = await uploadAll();
    const ledger = { ...upload, parts: upload.parts.filter(({ partNumber }) => partNumber !== 3) };
    await expect(completeLarge(context, ledger)).rejects.toMatchObject({
      code: "parts-missing",
      partNumbers: [3],
    });
    const Body = bytesOf("another", MIB);
    await rig.cos.uploadPart({
      Bucket: BUCKET,
      Key: "large.bin",
      UploadId: upload.uploadId,
      PartNumber: 7,
      Body,
    });
    await expect(completeLarge(context, upload)).rejects.toMatchObject({
      code: "parts-missing",
      partNumbers: [7],
      retryable: true,
    });
    expect(rig.requests("CompleteMultipartUpload")).toBe(0);
  });

  it("says that the upload is gone when another object is at the key", async () => {
    const upload = await uploadAll();
    await abortLarge(context, upload);
    expect(await failure(completeLarge(context, upload))).toMatchObject({
      code: "upload-gone",
      permanent: false,
    });
    await rig.cos.putObject({ Bucket: BUCKET, Key: "large.bin", Body: "another" });
    expect(await failure(completeLarge(context, upload))).toMatchObject({ code: "upload-gone" });
  });

  it("does not accept an object that has another checksum", async () => {
    const upload = await uploadAll();
    const parts = upload.parts.map((part) => (part.partNumber === 2 ? { ...part, crc64: "7" } : part));
    expect(await failure(completeLarge(context, { ...upload, parts }))).toMatchObject({ code: "integrity" });
  });
});
