import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRig, PLACE, type Rig, refusal } from "./official-client.ts";

// One case for each method that test/interop/README.md lists, named after it.
let rig: Rig;
let cos: COS;
let aheadMs = 0;
beforeAll(async () => {
  rig = await openRig({ now: () => Date.now() + aheadMs });
  cos = rig.client();
});
afterAll(() => rig.stop());

const enable = (Status: "Enabled" | "Suspended") =>
  cos.putBucketVersioning({ ...PLACE, VersioningConfiguration: { Status } });
/** The SDK's types know VersionId only for some of the methods that take it. */
const version = (VersionId: string): object => ({ VersionId });
const put = async (Key: string, Body: string): Promise<string> =>
  (await cos.putObject({ ...PLACE, Key, Body })).headers?.["x-cos-version-id"] ?? "";
const read = async (Key: string, VersionId: string): Promise<string> =>
  (await cos.getObject({ ...PLACE, Key, ...version(VersionId) })).Body.toString();

describe("versioning", () => {
  test("getBucketVersioning: nothing, enabled, suspended", async () => {
    const state = async () => (await cos.getBucketVersioning(PLACE)).VersioningConfiguration;
    expect(await state()).not.toHaveProperty("Status");
    await enable("Enabled");
    expect(await state()).toEqual({ Status: "Enabled" });
    await enable("Suspended");
    expect(await state()).toEqual({ Status: "Suspended" });
  });

  test("putBucketVersioning: writes get ids from then on", async () => {
    expect(await put("when", "suspended")).toBe("");
    expect((await enable("Enabled")).statusCode).toBe(200);
    const id = await put("when", "enabled");
    expect(id).toMatch(/^MTg0\w{23}$/);
    expect([await read("when", id), await read("when", "null")]).toEqual(["enabled", "suspended"]);
  });

  test("listObjectVersions: versions and markers, in pages", async () => {
    const first = await put("list/a", "1");
    const second = await put("list/a", "22");
    await put("list/b", "x");
    await cos.deleteObject({ ...PLACE, Key: "list/b" });
    const all = await cos.listObjectVersions({ ...PLACE, Prefix: "list/" });
    expect(
      all.Versions.map(({ Key, VersionId, IsLatest, Size }) => [Key, VersionId, IsLatest, Size]),
    ).toEqual([
      ["list/a", second, "true", "2"],
      ["list/a", first, "false", "1"],
      ["list/b", expect.any(String), "false", "1"],
    ]);
    expect(all.DeleteMarkers).toMatchObject([{ Key: "list/b", IsLatest: "true" }]);

    const page = await cos.listObjectVersions({ ...PLACE, Prefix: "list/", MaxKeys: "1" });
    expect(page).toMatchObject({ IsTruncated: "true", NextKeyMarker: "list/a", NextVersionIdMarker: second });
    const next = await cos.listObjectVersions({
      ...PLACE,
      Prefix: "list/",
      ...{ KeyMarker: "list/a" },
      VersionIdMarker: second,
    });
    expect(next.Versions[0]?.VersionId).toBe(first);
    const grouped = await cos.listObjectVersions({
      ...PLACE,
      Prefix: "",
      Delimiter: "/",
      EncodingType: "url",
    });
    // The SDK leaves a single one outside of a list.
    expect(grouped.CommonPrefixes).toEqual({ Prefix: "list%2F" });
  });

  test("headObject: of a version", async () => {
    const first = await put("head", "1");
    const second = await put("head", "22");
    const head = (id: string) => cos.headObject({ ...PLACE, Key: "head", ...version(id) });
    expect((await head(first)).headers).toMatchObject({ "content-length": "1", "x-cos-version-id": first });
    expect((await cos.headObject({ ...PLACE, Key: "head" })).headers?.["x-cos-version-id"]).toBe(second);
    expect(await refusal(head("MTg0NDUxNTc1NjIzMTQ1MDAwODg"))).toMatchObject({ statusCode: 404 });
  });

  test("getObject: of a version, and of a deleted object", async () => {
    const first = await put("get", "1");
    await cos.deleteObject({ ...PLACE, Key: "get" });
    expect(await read("get", first)).toBe("1");
    expect(await refusal(cos.getObject({ ...PLACE, Key: "get" }))).toMatchObject({
      code: "NoSuchKey",
      headers: { "x-cos-delete-marker": "true" },
    });
  });

  test("deleteObject: a marker, a version, and a marker again", async () => {
    const first = await put("delete", "1");
    const marked = await cos.deleteObject({ ...PLACE, Key: "delete" });
    const marker = marked.headers?.["x-cos-version-id"] ?? "";
    expect([marked.statusCode, marked.headers?.["x-cos-delete-marker"]]).toEqual([204, "true"]);
    const unmarked = await cos.deleteObject({ ...PLACE, Key: "delete", ...version(marker) });
    expect(unmarked.headers).toMatchObject({ "x-cos-delete-marker": "true", "x-cos-version-id": marker });
    expect((await cos.getObject({ ...PLACE, Key: "delete" })).Body.toString()).toBe("1");
    await cos.deleteObject({ ...PLACE, Key: "delete", ...version(first) });
    expect(await refusal(read("delete", first))).toMatchObject({ code: "NoSuchVersion" });
  });

  test("deleteMultipleObject: versions and markers", async () => {
    const first = await put("many", "1");
    const marked = await cos.deleteMultipleObject({ ...PLACE, Objects: [{ Key: "many" }] });
    const [item] = marked.Deleted;
    expect(item).toMatchObject({ Key: "many", DeleteMarker: "true" });
    const marker = item?.DeleteMarkerVersionId ?? "";
    const Objects = [first, marker].map((VersionId) => ({ Key: "many", VersionId }));
    const erased = await cos.deleteMultipleObject({ ...PLACE, Objects });
    expect(erased.Deleted.map(({ VersionId }) => VersionId)).toEqual([first, marker]);
    expect((await cos.listObjectVersions({ ...PLACE, Prefix: "many" })).Versions).toEqual([]);
  });

  test("putObjectCopy: from a version, to a version", async () => {
    const first = await put("copied", "1");
    await put("copied", "22");
    const CopySource = `${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/copied?versionId=${first}`;
    const copy = await cos.putObjectCopy({ ...PLACE, Key: "copy", CopySource });
    expect(copy.headers?.["x-cos-copy-source-version-id"]).toBe(first);
    expect(await read("copy", copy.VersionId)).toBe("1");
  });

  test("multipartComplete: makes a version", async () => {
    const first = await put("parts", "1");
    const { UploadId } = await cos.multipartInit({ ...PLACE, Key: "parts" });
    const { ETag } = await cos.multipartUpload({
      ...PLACE,
      Key: "parts",
      UploadId,
      PartNumber: 1,
      Body: "part",
    });
    const Parts = [{ PartNumber: 1, ETag }];
    const done = await cos.multipartComplete({ ...PLACE, Key: "parts", UploadId, Parts });
    expect(await read("parts", done.headers?.["x-cos-version-id"] ?? "")).toBe("part");
    expect(await read("parts", first)).toBe("1");
  });

  test("putObjectTagging, getObjectTagging, deleteObjectTagging: of a version", async () => {
    const first = await put("tagged", "1");
    await put("tagged", "22");
    const old = { ...PLACE, Key: "tagged", ...version(first) };
    const Tags = [{ Key: "k", Value: "v" }];
    await cos.putObjectTagging({ ...old, Tags });
    expect((await cos.getObjectTagging(old)).Tags).toEqual(Tags);
    expect((await cos.getObjectTagging({ ...PLACE, Key: "tagged" })).Tags).toEqual([]);
    await cos.deleteObjectTagging(old);
    expect((await cos.getObjectTagging(old)).Tags).toEqual([]);
  });

  test("getObjectAcl: of a version", async () => {
    const first = (await cos.putObject({ ...PLACE, Key: "acl", Body: "1", ACL: "public-read" })).headers;
    await put("acl", "22");
    const VersionId = first?.["x-cos-version-id"] ?? "";
    expect((await cos.getObjectAcl({ ...PLACE, Key: "acl", VersionId })).ACL).toBe("public-read");
    expect((await cos.getObjectAcl({ ...PLACE, Key: "acl" })).ACL).toBe("default");
  });
});

describe("archived objects", () => {
  const restore = (VersionId?: string) =>
    cos.restoreObject({
      ...PLACE,
      Key: "cold",
      RestoreRequest: { Days: 1, CASJobParameters: { Tier: "Expedited" } },
      ...(VersionId !== undefined && { VersionId }),
    });

  test("restoreObject: 202, in progress, readable, 200", async () => {
    await cos.putObject({ ...PLACE, Key: "cold", Body: "cold", StorageClass: "ARCHIVE" });
    const get = () => cos.getObject({ ...PLACE, Key: "cold" });
    expect(await refusal(get())).toMatchObject({ code: "InvalidObjectState", statusCode: 403 });
    expect((await restore()).statusCode).toBe(202);
    expect(await refusal(restore())).toMatchObject({ code: "RestoreAlreadyInProgress", statusCode: 409 });
    const head = async () => (await cos.headObject({ ...PLACE, Key: "cold" })).headers?.["x-cos-restore"];
    expect(await head()).toBe('ongoing-request="true"');
    aheadMs += 60_000;
    expect(await head()).toMatch(/^ongoing-request="false", expiry-date="\w{3}, .* 16:00:00 GMT"$/);
    expect((await get()).Body.toString()).toBe("cold");
    expect((await restore()).statusCode).toBe(200);
  });

  test("restoreObject: of a version", async () => {
    const first = (await cos.putObject({ ...PLACE, Key: "cold", Body: "1", StorageClass: "ARCHIVE" }))
      .headers;
    await put("cold", "22");
    expect(await refusal(restore())).toMatchObject({ code: "InvalidObjectState" });
    const id = first?.["x-cos-version-id"] ?? "";
    expect((await restore(id)).statusCode).toBe(202);
    aheadMs += 60_000;
    expect(await read("cold", id)).toBe("1");
  });
});
