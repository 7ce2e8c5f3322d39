import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KEYS } from "./official-client.ts";
import { BUCKET as Bucket, openS3Rig, type S3Rig } from "./s3-rig.ts";

let rig: S3Rig;
let s3: S3Client;
beforeAll(async () => {
  rig = await openS3Rig();
  s3 = new S3Client({
    endpoint: rig.url,
    forcePathStyle: true,
    region: "ap-guangzhou",
    credentials: { accessKeyId: KEYS.secretId, secretAccessKey: KEYS.secretKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    maxAttempts: 1,
  });
});
afterAll(async () => {
  s3.destroy();
  await rig.stop();
});

test("versions and delete markers", async () => {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe("Enabled");
  const Key = "versioned";
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "first" }));
  expect(VersionId).toMatch(/^\w{27}$/);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "second" }));
  const marked = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(marked.DeleteMarker).toBe(true);
  const old = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  expect([await old.Body?.transformToString(), old.VersionId]).toEqual(["first", VersionId]);

  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions.map(({ IsLatest, Size }) => [IsLatest, Size])).toEqual([
    [false, 6],
    [false, 5],
  ]);
  expect(DeleteMarkers).toMatchObject([{ IsLatest: true, VersionId: marked.VersionId }]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: marked.VersionId }));
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBe(6);
});

test("the restore of an archived object", async () => {
  const Key = "cold";
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: "cold", StorageClass: "DEEP_ARCHIVE" }));
  await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
    name: "InvalidObjectState",
  });
  const GlacierJobParameters = { Tier: "Standard" } as const;
  const RestoreRequest = { Days: 1, GlacierJobParameters };
  await s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest }));
  const { Restore } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect(Restore).toBe('ongoing-request="true"');
});

test("a lifecycle rule", async () => {
  const rule = { ID: "r", Status: "Enabled", Filter: { Prefix: "tmp/" } } as const;
  const Rules = [{ ...rule, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }];
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual(Rules);
});
