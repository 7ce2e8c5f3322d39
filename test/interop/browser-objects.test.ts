import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { type BrowserRig, openBrowserRig } from "./browser-rig.ts";
import { MiB, PLACE } from "./official-client.ts";

describe.skipIf(!hasChromium)("the official SDK for browsers, with objects", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig({ cors: true });
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  test("getBucket: prefixes, delimiters and pages", async () => {
    const result = await rig.page.evaluate(async (place) => {
      for (const Key of ["list/a", "list/b/1", "list/b/2", "list/文 & 件"]) {
        await cos.putObject({ ...place, Key, Body: Key });
      }
      const all = await cos.getBucket({ ...place, Prefix: "list/" });
      const folders = await cos.getBucket({ ...place, Prefix: "list/", Delimiter: "/" });
      const first = await cos.getBucket({ ...place, Prefix: "list/", MaxKeys: 2 });
      const next = await cos.getBucket({ ...place, Prefix: "list/", Marker: first.NextMarker ?? "" });
      const keys = ({ Contents }: { Contents: readonly { Key: string }[] }) => Contents.map(({ Key }) => Key);
      return {
        all: keys(all),
        folders: [keys(folders), folders.CommonPrefixes.map(({ Prefix }) => Prefix)],
        pages: [keys(first), first.IsTruncated, keys(next), next.IsTruncated],
      };
    }, PLACE);
    expect(result).toEqual({
      all: ["list/a", "list/b/1", "list/b/2", "list/文 & 件"],
      folders: [["list/a", "list/文 & 件"], ["list/b/"]],
      pages: [["list/a", "list/b/1"], "true", ["list/b/2", "list/文 & 件"], "false"],
    });
  });

  test("getObject: a string, a Blob, a range, a condition that does not hold", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const { ETag } = await cos.putObject({ ...place, Key: "read", Body: "0123456789" });
      const text = await cos.getObject({ ...place, Key: "read" });
      const range = await cos.getObject({ ...place, Key: "read", Range: "bytes=2-4" });
      const status = (more: object) =>
        cos.getObject({ ...place, Key: "read", ...more }).then(
          ({ statusCode }) => statusCode,
          ({ statusCode }: { statusCode: number }) => statusCode,
        );
      return {
        text: [String(text.Body), text.headers?.["content-length"], text.ETag === ETag],
        range: [String(range.Body), range.headers?.["content-range"], range.statusCode],
        unchanged: await status({ IfNoneMatch: ETag }),
        changed: await status({ IfMatch: '"other"' }),
      };
    }, PLACE);
    expect(result).toEqual({
      text: ["0123456789", "10", true],
      range: ["234", "bytes 2-4/10", 206],
      unchanged: 304,
      changed: 412,
    });
  });

  test("headObject: what there is, and what there is not", async () => {
    const result = await rig.page.evaluate(async (place) => {
      await cos.putObject({ ...place, Key: "head.json", Body: new Blob(["{}"]) });
      const { headers } = await cos.headObject({ ...place, Key: "head.json" });
      const absent = await cos.headObject({ ...place, Key: "absent" }).then(
        () => undefined,
        ({ statusCode, code }: { statusCode: number; code: string }) => ({ statusCode, code }),
      );
      return { headers, absent };
    }, PLACE);
    expect(result.headers).toMatchObject({ "content-length": "2", "content-type": "application/json" });
    // Browsers hide no header here: the option cors exposes all of them.
    expect(Object.keys(result.headers ?? {})).toEqual(
      expect.arrayContaining(["etag", "date", "last-modified", "x-cos-request-id", "x-cos-hash-crc64ecma"]),
    );
    expect(result.absent?.statusCode).toBe(404);
  });

  test("getObjectUrl: a signed address to read and to write", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const url = (more: object) =>
        cos.getObjectUrl({ ...place, Key: "by url", Sign: true, ...more }, () => {});
      const put = await fetch(url({ Method: "PUT" }), { method: "PUT", body: "by url" });
      const get = await fetch(url({ Method: "GET" }));
      const unsigned = await fetch(cos.getObjectUrl({ ...place, Key: "by url", Sign: false }, () => {}));
      return [put.status, get.status, await get.text(), put.headers.get("etag") !== null, unsigned.status];
    }, PLACE);
    expect(result).toEqual([200, 200, "by url", true, 403]);
  });

  test("getAuth, request: a request of the caller's own", async () => {
    const result = await rig.page.evaluate(async ({ Bucket, Region }) => {
      const Key = "own";
      await cos.putObject({ Bucket, Region, Key, Body: "own" });
      const sent = await cos.request({ Bucket, Region, Key, Method: "HEAD" });
      const Authorization = cos.getAuth({ Method: "get", Key, SecretId: "", SecretKey: "" });
      return { status: sent.statusCode, Authorization };
    }, PLACE);
    expect(result.status).toBe(200);
    expect(result.Authorization).toMatch(/^q-sign-algorithm=sha1&q-ak=/);
  });

  test("putObjectCopy: with the source's metadata, and with its own", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const { Bucket, Region } = place;
      const meta = { "x-cos-meta-a": "1" };
      await cos.putObject({ ...place, Key: "copy/源 1.txt", Body: "source", ...meta });
      const CopySource = `${Bucket}.cos.${Region}.myqcloud.com/${encodeURIComponent("copy/源 1.txt")}`;
      const copied = await cos.putObjectCopy({ ...place, Key: "copy/2", CopySource });
      await cos.putObjectCopy({ ...place, Key: "copy/3", CopySource, MetadataDirective: "Replaced" });
      const head = async (Key: string) => (await cos.headObject({ ...place, Key })).headers?.["x-cos-meta-a"];
      return { copied, kept: await head("copy/2"), replaced: (await head("copy/3")) ?? null };
    }, PLACE);
    expect(result.copied.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect([result.kept, result.replaced]).toEqual(["1", null]);
  });

  test("uploadPartCopy, sliceCopyFile: copies in parts", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const { Bucket, Region } = place;
      const file = fileOf(3 * 1024 * 1024);
      await cos.putObject({ ...place, Key: "large", Body: file });
      const CopySource = `${Bucket}.cos.${Region}.myqcloud.com/large`;
      const Key = "part-copy";
      const { UploadId } = await cos.multipartInit({ ...place, Key });
      const CopySourceRange = "bytes=0-1048575";
      const part = await cos.uploadPartCopy({
        ...place,
        Key,
        UploadId,
        PartNumber: 1,
        CopySource,
        CopySourceRange,
      });
      await cos.multipartComplete({ ...place, Key, UploadId, Parts: [{ PartNumber: 1, ETag: part.ETag }] });
      await cos.sliceCopyFile({
        ...place,
        Key: "slice-copy",
        CopySource,
        CopySliceSize: 1024 * 1024,
        CopyChunkSize: 1024 * 1024,
        onProgress: () => {},
      });
      const { Body } = await cos.getObject({ ...place, Key: "slice-copy", DataType: "blob" });
      const size = (await cos.headObject({ ...place, Key })).headers?.["content-length"];
      return { size, same: (await sha256(Body as unknown as Blob)) === (await sha256(file)) };
    }, PLACE);
    expect(result).toEqual({ size: String(MiB), same: true });
    expect(rig.count(/^200 UploadPartCopy .*slice-copy/)).toBe(3);
  });

  test("putObjectTagging, getObjectTagging, deleteObjectTagging: a set, and none", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const at = { ...place, Key: "tagged" };
      await cos.putObject({ ...at, Body: "x" });
      await cos.putObjectTagging({
        ...at,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "项", Value: "<&>" },
        ],
      });
      const { Tags } = await cos.getObjectTagging(at);
      await cos.deleteObjectTagging(at);
      return [Tags, (await cos.getObjectTagging(at)).Tags];
    }, PLACE);
    expect(result).toEqual([
      [
        { Key: "a", Value: "1" },
        { Key: "项", Value: "<&>" },
      ],
      [],
    ]);
  });

  test("putObjectAcl, getObjectAcl: a public object can be read without a signature", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const at = { ...place, Key: "shared" };
      await cos.putObject({ ...at, Body: "shared" });
      const address = cos.getObjectUrl({ ...at, Sign: false }, () => {});
      const before = (await fetch(address)).status;
      await cos.putObjectAcl({ ...at, ACL: "public-read" });
      const { ACL, Grants } = await cos.getObjectAcl(at);
      return { before, ACL, grants: Grants.length, after: (await fetch(address)).status };
    }, PLACE);
    expect(result).toMatchObject({ before: 403, ACL: "public-read", after: 200 });
    expect(result.grants).toBeGreaterThan(0);
  });

  test("deleteObject, deleteMultipleObject: what there is, and what there is not", async () => {
    const result = await rig.page.evaluate(async (place) => {
      for (const Key of ["del/1", "del/2", "del/3 & 3"]) await cos.putObject({ ...place, Key, Body: "x" });
      const one = await cos.deleteObject({ ...place, Key: "del/1" });
      const Objects = [{ Key: "del/2" }, { Key: "del/3 & 3" }, { Key: "del/absent" }];
      const many = await cos.deleteMultipleObject({ ...place, Objects });
      const left = await cos.getBucket({ ...place, Prefix: "del/" });
      return [one.statusCode, many.Deleted.map(({ Key }) => Key), left.Contents.length];
    }, PLACE);
    expect(result).toEqual([204, ["del/2", "del/3 & 3", "del/absent"], 0]);
  });

  test("restoreObject: an archived object", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const at = { ...place, Key: "archived" };
      await cos.putObject({ ...at, Body: "x", StorageClass: "ARCHIVE" });
      const restored = await cos.restoreObject({
        ...at,
        RestoreRequest: { Days: 1, CASJobParameters: { Tier: "Expedited" } },
      });
      return [restored.statusCode, (await cos.headObject(at)).headers?.["x-cos-restore"] !== undefined];
    }, PLACE);
    expect(result).toEqual([202, true]);
  });

  test("putBucketVersioning, getBucketVersioning, listObjectVersions: versions by their ids", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const at = { ...place, Key: "versioned/a" };
      await cos.putBucketVersioning({ ...place, VersioningConfiguration: { Status: "Enabled" } });
      const { VersioningConfiguration } = await cos.getBucketVersioning(place);
      const first = await cos.putObject({ ...at, Body: "one" });
      await cos.putObject({ ...at, Body: "two" });
      const VersionId = String(first.headers?.["x-cos-version-id"]);
      const old = await cos.getObject({ ...at, VersionId });
      await cos.deleteObject(at);
      const listed = await cos.listObjectVersions({ ...place, Prefix: "versioned/" });
      await cos.deleteObject({ ...at, ...{ VersionId } });
      const after = await cos.listObjectVersions({ ...place, Prefix: "versioned/" });
      await cos.putBucketVersioning({ ...place, VersioningConfiguration: { Status: "Suspended" } });
      return {
        status: VersioningConfiguration.Status,
        old: String(old.Body),
        listed: [listed.Versions.length, listed.DeleteMarkers.length],
        after: after.Versions.length,
      };
    }, PLACE);
    expect(result).toEqual({ status: "Enabled", old: "one", listed: [2, 1], after: 1 });
  });
});
