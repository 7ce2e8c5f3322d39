import { createReadStream, createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

const bodyOf = async (Key: string): Promise<string> =>
  (await cos.getObject({ ...PLACE, Key })).Body.toString();

describe("the official SDK's object calls", () => {
  test("putObject with a buffer, a string and a stream", async () => {
    const file = join(rig.directory, "stream.bin");
    const bytes = pattern(3 * MiB + 17);
    await writeFile(file, bytes);
    const put = await cos.putObject({ ...PLACE, Key: "buffer", Body: bytes });
    expect(put.statusCode).toBe(200);
    expect(put.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(put.Location).toBe(`${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/buffer`);
    expect(put.RequestId).toBeTruthy();
    await cos.putObject({ ...PLACE, Key: "string", Body: "text 文本" });
    await cos.putObject({ ...PLACE, Key: "stream", Body: createReadStream(file) });

    expect(await bodyOf("string")).toBe("text 文本");
    for (const Key of ["buffer", "stream"]) {
      expect((await cos.getObject({ ...PLACE, Key })).Body.equals(bytes)).toBe(true);
    }
  });

  test("putObject with all its parameters, headObject with all its fields", async () => {
    await cos.putObject({
      ...PLACE,
      Key: "described",
      Body: "x",
      ACL: "private",
      GrantRead: 'id="100000000001"',
      CacheControl: "max-age=60",
      ContentDisposition: "attachment",
      ContentEncoding: "identity",
      ContentType: "text/x-test",
      Expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      StorageClass: "STANDARD_IA",
      "x-cos-meta-name": "value with spaces + plus",
      Headers: { "x-cos-tagging": "a=1&b=2", "x-cos-traffic-limit": "819200" },
    });
    const head = await cos.headObject({ ...PLACE, Key: "described" });
    expect(head.headers).toMatchObject({
      "cache-control": "max-age=60",
      "content-disposition": "attachment",
      "content-type": "text/x-test",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-meta-name": "value with spaces + plus",
      "x-cos-tagging-count": "2",
      "content-length": "1",
    });
    expect(head.ETag).toBe('"9dd4e461268c8034f5c8564e155c67a6"');
  });

  test.each([
    "a b+c%20d%/e&f=g?h#i.txt",
    "中文/目录/图片 🎉.jpg",
    "x!'()*~-_.@:;,$[]{}|^`\"<>.bin",
    "a/./b/../c//d",
    " lead",
    "tail ",
  ])("the key %s makes the round trip", async (Key) => {
    await cos.putObject({ ...PLACE, Key, Body: Key });
    expect(await bodyOf(Key)).toBe(Key);
    const listed = await cos.getBucket({ ...PLACE, Prefix: Key, EncodingType: "url" });
    expect(listed.Contents.map((item) => decodeURIComponent(item.Key))).toEqual([Key]);
    await cos.deleteObject({ ...PLACE, Key });
    expect((await cos.deleteObject({ ...PLACE, Key })).statusCode).toBe(204);
  });

  test("getObject with a range, conditions, overrides and an output stream", async () => {
    const put = await cos.putObject({ ...PLACE, Key: "letters", Body: "abcdefghij" });
    const ranged = await cos.getObject({ ...PLACE, Key: "letters", Range: "bytes=2-4" });
    expect([ranged.statusCode, ranged.Body.toString()]).toEqual([206, "cde"]);
    const same = await refusal(cos.getObject({ ...PLACE, Key: "letters", IfNoneMatch: put.ETag }));
    expect(same.statusCode).toBe(304);
    const overridden = await cos.getObject({ ...PLACE, Key: "letters", ResponseContentType: "text/x-other" });
    expect(overridden.headers?.["content-type"]).toBe("text/x-other");
    const file = join(rig.directory, "output");
    await cos.getObject({ ...PLACE, Key: "letters", Output: createWriteStream(file) });
    expect(await readFile(file, "utf8")).toBe("abcdefghij");
  });

  test("appendObject, twice", async () => {
    const first = await cos.appendObject({ ...PLACE, Key: "log", Body: "one,", Position: 0 });
    expect(first.headers?.["x-cos-next-append-position"]).toBe("4");
    await cos.appendObject({ ...PLACE, Key: "log", Body: "two", Position: 4 });
    expect(await bodyOf("log")).toBe("one,two");
    const head = await cos.headObject({ ...PLACE, Key: "log" });
    expect(head.headers?.["x-cos-object-type"]).toBe("appendable");
  });

  test("ACL and tagging", async () => {
    await cos.putObject({ ...PLACE, Key: "shared", Body: "x" });
    await cos.putObjectAcl({ ...PLACE, Key: "shared", ACL: "public-read" });
    expect((await cos.getObjectAcl({ ...PLACE, Key: "shared" })).ACL).toBe("public-read");
    const Tags = [{ Key: "k", Value: "v & w" }];
    await cos.putObjectTagging({ ...PLACE, Key: "shared", Tags });
    expect((await cos.getObjectTagging({ ...PLACE, Key: "shared" })).Tags).toEqual(Tags);
    await cos.deleteObjectTagging({ ...PLACE, Key: "shared" });
    expect(
      (await cos.headObject({ ...PLACE, Key: "shared" })).headers?.["x-cos-tagging-count"],
    ).toBeUndefined();
  });

  test("getBucket pages and groups; deleteMultipleObject empties", async () => {
    for (const Key of ["list/1", "list/2", "list/sub/3"]) await cos.putObject({ ...PLACE, Key, Body: Key });
    const grouped = await cos.getBucket({ ...PLACE, Prefix: "list/", Delimiter: "/" });
    expect(grouped.Contents.map((item) => item.Key)).toEqual(["list/1", "list/2"]);
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: "list/sub/" }]);
    const page = await cos.getBucket({ ...PLACE, Prefix: "list/", MaxKeys: 2 });
    expect([page.IsTruncated, page.NextMarker]).toEqual(["true", "list/2"]);
    const Objects = ["list/1", "list/2", "list/sub/3"].map((Key) => ({ Key }));
    const erased = await cos.deleteMultipleObject({ ...PLACE, Objects });
    expect(erased.Deleted).toHaveLength(3);
    expect((await cos.getBucket({ ...PLACE, Prefix: "list/" })).Contents).toEqual([]);
  });

  test("headBucket, putBucket, deleteBucket, getService", async () => {
    await cos.headBucket(PLACE);
    const other = { Bucket: "second-1250000000", Region: PLACE.Region };
    await cos.putBucket(other);
    const names = (await cos.getService()).Buckets.map((bucket) => bucket.Name);
    expect(names).toEqual([PLACE.Bucket, other.Bucket]);
    await cos.deleteBucket(other);
    await expect(cos.headBucket(other)).rejects.toMatchObject({ statusCode: 404 });
  });
});
