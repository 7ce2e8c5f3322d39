import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MiB, openRig, PLACE, pattern, type Rig, refusal } from "./official-client.ts";

// One case for each method that test/interop/README.md lists, named after it.
let rig: Rig;
let cos: COS;
let FilePath: string;
const bytes = pattern(3 * MiB + 5);
const parts = [bytes.subarray(0, MiB), bytes.subarray(MiB, 2 * MiB), bytes.subarray(2 * MiB)];
beforeAll(async () => {
  rig = await openRig();
  cos = rig.client();
  FilePath = join(rig.directory, "large.bin");
  await writeFile(FilePath, bytes);
});
afterAll(() => rig.stop());

const at = (Key: string) => ({ ...PLACE, Key });
const isStored = async (Key: string): Promise<boolean> => (await cos.getObject(at(Key))).Body.equals(bytes);
const sourceOf = (Key: string): string => `${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/${Key}`;

async function uploadParts(Key: string): Promise<{ UploadId: string; Parts: COS.Part[] }> {
  const { UploadId } = await cos.multipartInit(at(Key));
  const Parts: COS.Part[] = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const { ETag } = await cos.multipartUpload({ ...at(Key), UploadId, PartNumber, Body });
    Parts.push({ PartNumber, ETag });
  }
  return { UploadId, Parts };
}

describe("uploads in parts", () => {
  test("multipartInit: with headers that the object keeps", async () => {
    const started = await cos.multipartInit({
      ...at("init"),
      ACL: "public-read",
      ContentType: "video/mp4",
      StorageClass: "STANDARD_IA",
      "x-cos-meta-a": "1",
    });
    expect(started).toMatchObject({
      Bucket: PLACE.Bucket,
      Key: "init",
      UploadId: expect.stringMatching(/^\w{74}$/),
    });
    const { UploadId } = started;
    const { ETag } = await cos.multipartUpload({ ...at("init"), UploadId, PartNumber: 1, Body: "x" });
    await cos.multipartComplete({ ...at("init"), UploadId, Parts: [{ PartNumber: 1, ETag }] });
    expect((await cos.headObject(at("init"))).headers).toMatchObject({
      "content-type": "video/mp4",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-meta-a": "1",
    });
    expect((await cos.getObjectAcl(at("init"))).ACL).toBe("public-read");
  });

  test("multipartUpload: replaces a part, with its MD5, and no other upload's", async () => {
    const { UploadId } = await cos.multipartInit(at("upload"));
    const careful = rig.client({ UploadCheckContentMd5: true });
    const first = await careful.multipartUpload({ ...at("upload"), UploadId, PartNumber: 1, Body: "one" });
    const again = await careful.multipartUpload({ ...at("upload"), UploadId, PartNumber: 1, Body: "two" });
    expect([first.ETag, again.ETag]).toEqual([
      '"f97c5d29941bfb1b2fdab0874906ab82"',
      '"b8a9f715dbb64fd5c56e7783c6820a61"',
    ]);
    const lost = cos.multipartUpload({ ...at("other"), UploadId, PartNumber: 1, Body: "x" });
    expect(await refusal(lost)).toMatchObject({ code: "NoSuchUpload", statusCode: 404 });
    const wrong = cos.multipartUpload({ ...at("upload"), UploadId, PartNumber: 10_001, Body: "x" });
    expect(await refusal(wrong)).toMatchObject({ code: "InvalidArgument" });
    await cos.multipartAbort({ ...at("upload"), UploadId });
  });

  test("multipartListPart: pages", async () => {
    const { UploadId } = await uploadParts("list-part");
    const first = await cos.multipartListPart({ ...at("list-part"), UploadId, MaxParts: 2 });
    expect(first).toMatchObject({ IsTruncated: "true", NextPartNumberMarker: "2", MaxParts: "2" });
    expect(first.Part.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      ["1", String(MiB)],
      ["2", String(MiB)],
    ]);
    const rest = await cos.multipartListPart({ ...at("list-part"), UploadId, PartNumberMarker: "2" });
    expect(rest.Part.map(({ PartNumber }) => PartNumber)).toEqual(["3"]);
    await cos.multipartAbort({ ...at("list-part"), UploadId });
  });

  test("multipartList: prefix, delimiter, markers", async () => {
    const ids: string[] = [];
    for (const Key of ["uploads/a", "uploads/b", "uploads/sub/c"])
      ids.push((await cos.multipartInit(at(Key))).UploadId);
    const page = await cos.multipartList({ ...PLACE, Prefix: "uploads/", Delimiter: "/", MaxUploads: 1 });
    expect(page).toMatchObject({
      IsTruncated: "true",
      NextKeyMarker: "uploads/a",
      NextUploadIdMarker: ids[0],
    });
    const rest = await cos.multipartList({
      ...PLACE,
      Prefix: "uploads/",
      Delimiter: "/",
      KeyMarker: "uploads/a",
      UploadIdMarker: ids[0] ?? "",
    });
    expect(rest.Upload.map(({ Key, UploadId }) => [Key, UploadId])).toEqual([["uploads/b", ids[1]]]);
    // The SDK leaves a single one outside of a list.
    expect(rest).toMatchObject({ CommonPrefixes: { Prefix: "uploads/sub/" } });
    await cos.abortUploadTask({ ...at(""), Level: "bucket" });
  });

  test("multipartComplete: the object, a wrong list, and a second time", async () => {
    const { UploadId, Parts } = await uploadParts("complete");
    const complete = (listed: COS.Part[]) =>
      cos.multipartComplete({ ...at("complete"), UploadId, Parts: listed });
    const wrong = Parts.map((part) => ({ ...part, ETag: `"${"0".repeat(32)}"` }));
    expect(await refusal(complete(wrong))).toMatchObject({ code: "InvalidPart", statusCode: 400 });
    expect(await refusal(complete([...Parts].reverse()))).toMatchObject({ code: "InvalidPartOrder" });
    const done = await complete(Parts);
    expect(done).toMatchObject({
      Bucket: PLACE.Bucket,
      Key: "complete",
      ETag: expect.stringMatching(/-3"$/),
    });
    expect(await isStored("complete")).toBe(true);
    expect(await refusal(complete(Parts))).toMatchObject({ code: "NoSuchUpload", statusCode: 404 });
  });

  test("multipartAbort: the parts are gone", async () => {
    const { UploadId } = await uploadParts("abort");
    expect((await cos.multipartAbort({ ...at("abort"), UploadId })).statusCode).toBe(204);
    expect(await refusal(cos.multipartListPart({ ...at("abort"), UploadId }))).toMatchObject({
      code: "NoSuchUpload",
    });
    expect(await refusal(cos.multipartAbort({ ...at("abort"), UploadId }))).toMatchObject({
      statusCode: 404,
    });
  });

  test("uploadPartCopy: ranges of an object", async () => {
    await cos.putObject({ ...at("part-source"), Body: bytes });
    const { UploadId } = await cos.multipartInit(at("part-copy"));
    const Parts: COS.Part[] = [];
    for (const [index, CopySourceRange] of [
      `bytes=0-${MiB - 1}`,
      `bytes=${MiB}-${bytes.length - 1}`,
    ].entries()) {
      const part = { ...at("part-copy"), UploadId, PartNumber: index + 1 };
      const { ETag } = await cos.uploadPartCopy({
        ...part,
        CopySource: sourceOf("part-source"),
        CopySourceRange,
      });
      Parts.push({ PartNumber: index + 1, ETag });
    }
    await cos.multipartComplete({ ...at("part-copy"), UploadId, Parts });
    expect(await isStored("part-copy")).toBe(true);
    const none = { ...at("part-copy"), UploadId, PartNumber: 1, CopySource: sourceOf("part-source") };
    expect(await refusal(cos.uploadPartCopy(none))).toMatchObject({ code: "NoSuchUpload" });
  });

  test("abortUploadTask: one upload, a key's, a bucket's", async () => {
    const open = async (Key: string) => (await cos.multipartInit(at(Key))).UploadId;
    const left = async () =>
      (await cos.multipartList({ ...PLACE, Prefix: "task", Delimiter: "" })).Upload.length;
    const one = await open("task/a");
    for (const Key of ["task/a", "task/a", "task/b"]) await open(Key);
    await cos.abortUploadTask({ ...at("task/a"), Level: "task", UploadId: one });
    expect(await left()).toBe(3);
    await cos.abortUploadTask({ ...at("task/a"), Level: "file" });
    expect(await left()).toBe(1);
    await cos.abortUploadTask({ ...at(""), Level: "bucket" });
    expect(await left()).toBe(0);
  });
});

describe("files", () => {
  test("sliceUploadFile: parts, progress, headers", async () => {
    const seen: number[] = [];
    const done = await cos.sliceUploadFile({
      ...at("sliced"),
      FilePath,
      ChunkSize: MiB,
      StorageClass: "STANDARD_IA",
      ContentType: "text/x-test",
      onProgress: ({ percent }) => seen.push(percent),
    });
    expect(done.ETag).toMatch(/-4"$/);
    expect(seen.at(-1)).toBe(1);
    expect(await isStored("sliced")).toBe(true);
    expect((await cos.headObject(at("sliced"))).headers).toMatchObject({
      "content-type": "text/x-test",
      "x-cos-storage-class": "STANDARD_IA",
    });
  });

  test("uploadFile: one request or parts, by size", async () => {
    rig.log.length = 0;
    await cos.uploadFile({ ...at("file/whole"), FilePath, SliceSize: 10 * MiB });
    await cos.uploadFile({ ...at("file/parts"), FilePath, SliceSize: MiB });
    expect([rig.count(/^200 PutObject/), rig.count(/^200 CompleteMultipartUpload/)]).toEqual([1, 1]);
    expect([await isStored("file/whole"), await isStored("file/parts")]).toEqual([true, true]);
  });

  test("uploadFiles: each with a result", async () => {
    const missing = join(rig.directory, "missing");
    const { files } = await cos.uploadFiles({
      SliceSize: MiB,
      files: [
        { ...at("files/1"), FilePath },
        { ...at("files/2"), FilePath: missing },
      ],
    });
    expect(files.map(({ error }) => Boolean(error))).toEqual([false, true]);
    expect(await isStored("files/1")).toBe(true);
  });

  test("sliceCopyFile: in parts and whole", async () => {
    await cos.putObject({ ...at("slice-source"), Body: bytes, "x-cos-meta-a": "1" });
    const CopySource = sourceOf("slice-source");
    rig.log.length = 0;
    await cos.sliceCopyFile({ ...at("slice-copy"), CopySource, CopySliceSize: MiB, CopyChunkSize: MiB });
    expect(rig.count(/^200 UploadPartCopy/)).toBe(4);
    await cos.sliceCopyFile({ ...at("whole-copy"), CopySource });
    expect(rig.count(/^200 CopyObject/)).toBe(1);
    expect([await isStored("slice-copy"), await isStored("whole-copy")]).toEqual([true, true]);
  });

  test("downloadFile: ranges of a large object, an archived one refused", async () => {
    await cos.putObject({ ...at("down"), Body: bytes });
    const target = join(rig.directory, "down.bin");
    rig.log.length = 0;
    const done = await cos.downloadFile({
      ...at("down"),
      FilePath: target,
      ChunkSize: MiB,
      ParallelLimit: 2,
    });
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await readFile(target)).equals(bytes)).toBe(true);
    expect(rig.count(/^206 GetObject/)).toBe(4);
    await cos.putObject({ ...at("cold"), Body: "x", StorageClass: "ARCHIVE" });
    expect(await refusal(cos.downloadFile({ ...at("cold"), FilePath: target }))).toMatchObject({
      code: "CannotDownload",
    });
  });
});
