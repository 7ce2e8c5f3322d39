import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, openRig, PLACE, pattern, type Rig, refusal } from "./official-client.ts";

let rig: Rig;
let cos: COS;
beforeAll(async () => {
  rig = await openRig();
  cos = rig.client();
});
afterAll(() => rig.stop());

const bytes = pattern(2 * MiB + 100);
const parts = [bytes.subarray(0, MiB), bytes.subarray(MiB, 2 * MiB), bytes.subarray(2 * MiB)];

async function uploadAll(
  Key: string,
): Promise<{ UploadId: string; Parts: { PartNumber: number; ETag: string }[] }> {
  const { UploadId } = await cos.multipartInit({ ...PLACE, Key });
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await cos.multipartUpload({ ...PLACE, Key, UploadId, PartNumber, Body });
    Parts.push({ PartNumber, ETag });
  }
  return { UploadId, Parts };
}

describe("the official SDK's multipart calls", () => {
  test("init, upload, list, complete", async () => {
    const Key = "dir/multi part 中.bin";
    const started = await cos.multipartInit({
      ...PLACE,
      Key,
      ContentType: "video/mp4",
      StorageClass: "STANDARD_IA",
    });
    expect(started).toMatchObject({ Bucket: PLACE.Bucket, Key });
    const { UploadId } = started;
    for (const [index, Body] of parts.entries()) {
      await cos.multipartUpload({ ...PLACE, Key, UploadId, PartNumber: index + 1, Body });
    }
    const listed = await cos.multipartListPart({ ...PLACE, Key, UploadId });
    expect(listed).toMatchObject({ Bucket: PLACE.Bucket, Key, UploadId, IsTruncated: "false" });
    expect(listed.Part.map((part) => [part.PartNumber, part.Size])).toEqual([
      ["1", String(MiB)],
      ["2", String(MiB)],
      ["3", "100"],
    ]);
    const Parts = listed.Part.map((part) => ({ PartNumber: Number(part.PartNumber), ETag: part.ETag }));
    const done = await cos.multipartComplete({ ...PLACE, Key, UploadId, Parts });
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(done.headers?.["x-cos-hash-crc64ecma"]).toMatch(/^\d+$/);
    const read = await cos.getObject({ ...PLACE, Key });
    expect(read.Body.equals(bytes)).toBe(true);
    expect(read.headers).toMatchObject({ "content-type": "video/mp4", "x-cos-storage-class": "STANDARD_IA" });
  });

  test("multipartListPart and multipartList page", async () => {
    const { UploadId } = await uploadAll("paged");
    const first: COS.MultipartListPartResult = await cos.multipartListPart({
      ...PLACE,
      Key: "paged",
      UploadId,
      MaxParts: 2,
    });
    expect([first.Part.length, first.IsTruncated, first.NextPartNumberMarker]).toEqual([2, "true", "2"]);
    const rest: COS.MultipartListPartResult = await cos.multipartListPart({
      ...PLACE,
      Key: "paged",
      UploadId,
      MaxParts: 2,
      PartNumberMarker: "2",
    });
    expect(rest.Part.map((part) => part.PartNumber)).toEqual(["3"]);

    await cos.multipartInit({ ...PLACE, Key: "paged/1" });
    const listed = await cos.multipartList({
      ...PLACE,
      Prefix: "paged",
      Delimiter: "",
      MaxUploads: 1,
      EncodingType: "url",
    });
    expect(listed.Upload.map((upload) => upload.UploadId)).toEqual([UploadId]);
    expect(listed).toMatchObject({
      IsTruncated: "true",
      NextKeyMarker: "paged",
      NextUploadIdMarker: UploadId,
    });
    const next = await cos.multipartList({
      ...PLACE,
      Prefix: "paged",
      Delimiter: "",
      KeyMarker: "paged",
      UploadIdMarker: UploadId,
    });
    expect(next.Upload.map((upload) => upload.Key)).toEqual(["paged/1"]);
    const grouped = await cos.multipartList({ ...PLACE, Prefix: "paged", Delimiter: "/" });
    // The SDK leaves a single one outside of a list.
    expect(grouped).toMatchObject({ CommonPrefixes: { Prefix: "paged/" } });
  });

  test("multipartAbort, and NoSuchUpload afterwards", async () => {
    const { UploadId, Parts } = await uploadAll("aborted");
    expect((await cos.multipartAbort({ ...PLACE, Key: "aborted", UploadId })).statusCode).toBe(204);
    const gone = { code: "NoSuchUpload", statusCode: 404 };
    const Key = "aborted";
    expect(await refusal(cos.multipartComplete({ ...PLACE, Key, UploadId, Parts }))).toMatchObject(gone);
    expect(await refusal(cos.multipartListPart({ ...PLACE, Key, UploadId }))).toMatchObject(gone);
    expect(await refusal(cos.multipartAbort({ ...PLACE, Key, UploadId }))).toMatchObject(gone);
  });

  test("abortUploadTask clears a key's uploads", async () => {
    await cos.multipartInit({ ...PLACE, Key: "many" });
    await cos.multipartInit({ ...PLACE, Key: "many" });
    await cos.abortUploadTask({ ...PLACE, Key: "many", Level: "file" });
    expect((await cos.multipartList({ ...PLACE, Prefix: "many", Delimiter: "" })).Upload).toEqual([]);
  });

  test("a wrong part list is InvalidPart, and the upload stays", async () => {
    const { UploadId, Parts } = await uploadAll("strict");
    const wrong = Parts.map((part) => ({ ...part, ETag: '"00000000000000000000000000000000"' }));
    const refused = await refusal(cos.multipartComplete({ ...PLACE, Key: "strict", UploadId, Parts: wrong }));
    expect(refused).toMatchObject({ code: "InvalidPart", statusCode: 400 });
    await cos.multipartComplete({ ...PLACE, Key: "strict", UploadId, Parts });
    expect((await cos.headObject({ ...PLACE, Key: "strict" })).headers?.["content-length"]).toBe(
      String(bytes.length),
    );
  });
});

describe("the official SDK's copy calls", () => {
  const CopySource = `${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/${encodeURIComponent("source 中.bin")}`;
  beforeAll(async () => {
    await cos.putObject({ ...PLACE, Key: "source 中.bin", Body: bytes, "x-cos-meta-a": "1" });
  });

  test("putObjectCopy", async () => {
    const copied = await cos.putObjectCopy({ ...PLACE, Key: "copied", CopySource });
    expect(copied.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    const read = await cos.getObject({ ...PLACE, Key: "copied" });
    expect(read.Body.equals(bytes)).toBe(true);
    expect(read.headers?.["x-cos-meta-a"]).toBe("1");
    const missing = await refusal(
      cos.putObjectCopy({ ...PLACE, Key: "copied", CopySource: `${CopySource}x` }),
    );
    expect(missing).toMatchObject({ code: "NoSuchKey", statusCode: 404 });
  });

  test("uploadPartCopy", async () => {
    const Key = "part-copied";
    const { UploadId } = await cos.multipartInit({ ...PLACE, Key });
    const Parts = [];
    for (const [index, CopySourceRange] of [
      `bytes=0-${MiB - 1}`,
      `bytes=${MiB}-${bytes.length - 1}`,
    ].entries()) {
      const PartNumber = index + 1;
      const copied = await cos.uploadPartCopy({
        ...PLACE,
        Key,
        UploadId,
        PartNumber,
        CopySource,
        CopySourceRange,
      });
      Parts.push({ PartNumber, ETag: copied.ETag });
    }
    await cos.multipartComplete({ ...PLACE, Key, UploadId, Parts });
    expect((await cos.getObject({ ...PLACE, Key })).Body.equals(bytes)).toBe(true);
  });

  test("sliceCopyFile, in parts", async () => {
    rig.log.length = 0;
    const sizes = { CopySliceSize: MiB, CopyChunkSize: MiB };
    await cos.sliceCopyFile({ ...PLACE, Key: "slice-copied", CopySource, ...sizes });
    expect(rig.count(/^200 UploadPartCopy/)).toBe(3);
    expect((await cos.getObject({ ...PLACE, Key: "slice-copied" })).Body.equals(bytes)).toBe(true);
  });
});
