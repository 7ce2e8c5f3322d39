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

const other = (name: string) => ({ ...PLACE, Bucket: `${name}-1250000000` });
const uin = (id: string): string => `qcs::cam::uin/${id}:uin/${id}`;
const DAY = 86_400_000;

describe("buckets", () => {
  test("getService: the buckets, with their region", async () => {
    const { Buckets, Owner } = await cos.getService();
    expect(Buckets[0]).toMatchObject({ Name: PLACE.Bucket, Location: PLACE.Region });
    expect(Owner).toHaveProperty("ID");
  });

  test("putBucket: with an ACL, and once only", async () => {
    const made = await cos.putBucket({ ...other("put"), ACL: "public-read" });
    expect(made.Location).toBe("put-1250000000.cos.ap-guangzhou.myqcloud.com/");
    expect((await cos.getBucketAcl(other("put"))).ACL).toBe("public-read");
    expect(await refusal(cos.putBucket(other("put")))).toMatchObject({
      code: "BucketAlreadyOwnedByYou",
      statusCode: 409,
    });
  });

  test("headBucket: of a bucket, and of none", async () => {
    expect((await cos.headBucket(PLACE)).statusCode).toBe(200);
    expect(await refusal(cos.headBucket(other("none")))).toMatchObject({ statusCode: 404 });
  });

  test("deleteBucket: an empty one", async () => {
    await cos.putBucket(other("gone"));
    await cos.putObject({ ...other("gone"), Key: "a", Body: "x" });
    expect(await refusal(cos.deleteBucket(other("gone")))).toMatchObject({ code: "BucketNotEmpty" });
    await cos.deleteObject({ ...other("gone"), Key: "a" });
    expect((await cos.deleteBucket(other("gone"))).statusCode).toBe(204);
  });

  test("getBucketLocation: the region", async () => {
    expect(await cos.getBucketLocation(PLACE)).toMatchObject({ LocationConstraint: PLACE.Region });
  });

  test("getBucket: prefix, delimiter, marker, page size, encoding", async () => {
    for (const Key of ["list/1", "list/2", "list/sub/3", "list/ü"])
      await cos.putObject({ ...PLACE, Key, Body: Key });
    const page = await cos.getBucket({ ...PLACE, Prefix: "list/", Delimiter: "/", MaxKeys: 2 });
    expect(page).toMatchObject({ IsTruncated: "true", NextMarker: "list/2", Name: PLACE.Bucket });
    expect(page.Contents.map(({ Key, Size }) => [Key, Size])).toEqual([
      ["list/1", "6"],
      ["list/2", "6"],
    ]);
    const Marker = page.NextMarker ?? "";
    const rest = await cos.getBucket({
      ...PLACE,
      Prefix: "list/",
      Delimiter: "/",
      Marker,
      EncodingType: "url",
    });
    expect(rest.CommonPrefixes).toEqual([{ Prefix: "list%2Fsub%2F" }]);
    expect(rest.Contents.map(({ Key }) => Key)).toEqual(["list%2F%C3%BC"]);
  });
});

describe("the ACL of a bucket", () => {
  test("putBucketAcl: canned, granted, and as a document", async () => {
    await cos.putBucket(other("acl"));
    await cos.putBucketAcl({ ...other("acl"), ACL: "public-read-write" });
    expect((await cos.getBucketAcl(other("acl"))).ACL).toBe("public-read-write");
    await cos.putBucketAcl({ ...other("acl"), GrantRead: 'id="100000000001"' });
    expect((await cos.getBucketAcl(other("acl"))).GrantRead).toBe('id="100000000001"');
    await cos.putBucketAcl({
      ...other("acl"),
      AccessControlPolicy: {
        Owner: { ID: uin("1250000000") },
        Grants: [{ Grantee: { ID: uin("100000000002") }, Permission: "WRITE" }] as COS.Grants[],
      },
    });
    expect((await cos.getBucketAcl(other("acl"))).GrantWrite).toContain("100000000002");
  });

  test("getBucketAcl: owner and grants", async () => {
    const acl = await cos.getBucketAcl(PLACE);
    expect(acl).toMatchObject({ ACL: "private", Owner: { ID: uin("1250000000") } });
    expect(acl.Grants.map(({ Permission }) => Permission)).toEqual(["FULL_CONTROL"]);
  });
});

describe("the cross-origin rules of a bucket", () => {
  const CORSRules = [
    {
      AllowedOrigin: ["https://a.example", "https://b.example"],
      AllowedMethod: ["GET", "PUT"],
      AllowedHeader: ["*"],
      ExposeHeader: ["ETag", "x-cos-hash-crc64ecma"],
      MaxAgeSeconds: 600,
    },
  ] as unknown as COS.CORSRule[];

  test("putBucketCors: replaces the rules", async () => {
    await cos.putBucket(other("cors"));
    const put = await cos.putBucketCors({ ...other("cors"), CORSRules, ResponseVary: "true" });
    expect(put.statusCode).toBe(200);
    const wrong = [{ AllowedOrigin: ["*"], AllowedMethod: ["FETCH"] }] as unknown as COS.CORSRule[];
    expect(await refusal(cos.putBucketCors({ ...other("cors"), CORSRules: wrong }))).toMatchObject({
      statusCode: 400,
    });
  });

  test("getBucketCors: rules, and none", async () => {
    const { CORSRules: stored, ResponseVary } = await cos.getBucketCors(other("cors"));
    expect(stored[0]).toMatchObject({
      AllowedOrigins: ["https://a.example", "https://b.example"],
      AllowedMethods: ["GET", "PUT"],
      ExposeHeaders: ["ETag", "x-cos-hash-crc64ecma"],
      MaxAgeSeconds: "600",
    });
    expect(ResponseVary).toBe("true");
    expect((await cos.getBucketCors(PLACE)).CORSRules).toEqual([]);
  });

  test("deleteBucketCors: none are left", async () => {
    await cos.deleteBucketCors(other("cors"));
    expect((await cos.getBucketCors(other("cors"))).CORSRules).toEqual([]);
  });
});

describe("the lifecycle of a bucket", () => {
  const rule = (ID: string, more: object) =>
    ({ ID, Status: "Enabled", Filter: { Prefix: `${ID}/` }, ...more }) as unknown as COS.LifecycleRule;
  const place = other("lifecycle");

  test("putBucketLifecycle: uploads end, objects expire", async () => {
    await cos.putBucket(place);
    const Rules = [
      rule("uploads", { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
      rule("objects", { Expiration: { Days: 1 } }),
    ];
    expect((await cos.putBucketLifecycle({ ...place, Rules })).statusCode).toBe(200);
    await cos.multipartInit({ ...place, Key: "uploads/a" });
    await cos.putObject({ ...place, Key: "objects/a", Body: "x" });
    aheadMs = 3 * DAY;
    cos = rig.client({ SystemClockOffset: aheadMs });
    expect((await cos.getBucket({ ...place, Prefix: "" })).Contents).toEqual([]);
    expect((await cos.multipartList({ ...place, Prefix: "", Delimiter: "" })).Upload).toEqual([]);
    const Transition = { Days: 1, StorageClass: "ARCHIVE" };
    expect(
      await refusal(cos.putBucketLifecycle({ ...place, Rules: [rule("x", { Transition })] })),
    ).toMatchObject({
      code: "NotImplemented",
      statusCode: 501,
    });
  });

  test("getBucketLifecycle: rules, and none", async () => {
    const { Rules } = await cos.getBucketLifecycle(place);
    expect(Rules).toMatchObject([
      { ID: "uploads", AbortIncompleteMultipartUpload: { DaysAfterInitiation: "1" } },
      { ID: "objects", Filter: { Prefix: "objects/" }, Expiration: { Days: "1" } },
    ]);
    expect(await cos.getBucketLifecycle(PLACE)).toMatchObject({ Rules: [], statusCode: 404 });
  });

  test("deleteBucketLifecycle: none are left", async () => {
    await cos.deleteBucketLifecycle(place);
    expect((await cos.getBucketLifecycle(place)).Rules).toEqual([]);
  });
});
