import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { KEYS } from "./official-client.ts";
import { BUCKET, fetched, LARGE, openS3Rig, type S3Rig, SMALL } from "./s3-rig.ts";

const AWS = "/usr/bin/aws";
const CONFIG = `[default]
region = ap-guangzhou
s3 =
  multipart_threshold = 5MB
  multipart_chunksize = 5MB
[profile virtual]
region = ap-guangzhou
s3 =
  addressing_style = virtual
`;

let rig: S3Rig;
const keys = { AWS_ACCESS_KEY_ID: KEYS.secretId, AWS_SECRET_ACCESS_KEY: KEYS.secretKey };
const aws = (args: readonly string[], stdin?: Uint8Array): Promise<Buffer> =>
  rig.run(AWS, ["--endpoint-url", rig.url, ...args], { env: keys, ...(stdin && { stdin }) });

beforeAll(async () => {
  rig = await openS3Rig();
  await mkdir(join(rig.home, ".aws"));
  await writeFile(join(rig.home, ".aws", "config"), CONFIG);
});
afterAll(() => rig.stop());

describe.skipIf(!hasCommand(AWS))("the AWS command line", () => {
  test("uploads whole and in parts, lists, downloads", async () => {
    await aws(["s3", "cp", rig.files.small, `s3://${BUCKET}/cp/small.bin`]);
    await aws(["s3", "cp", rig.files.large, `s3://${BUCKET}/cp/large.bin`]);
    expect(rig.count(/^200 UploadPart .*large\.bin/)).toBe(3);
    const listed = String(await aws(["s3", "ls", "--recursive", `s3://${BUCKET}/cp/`]));
    expect(listed.match(/\d+ cp\/\S+/g)).toEqual([
      `${LARGE.length} cp/large.bin`,
      `${SMALL.length} cp/small.bin`,
    ]);
    const copy = join(rig.directory, "downloaded");
    await aws(["s3", "cp", `s3://${BUCKET}/cp/large.bin`, copy]);
    expect((await readFile(copy)).equals(LARGE)).toBe(true);
  });

  test("uploads from stdin and downloads to stdout", async () => {
    await aws(["s3", "cp", "-", `s3://${BUCKET}/stdin.bin`], LARGE);
    expect((await aws(["s3", "cp", `s3://${BUCKET}/stdin.bin`, "-"])).equals(LARGE)).toBe(true);
  });

  test("copies whole and by parts, deletes one and many", async () => {
    for (const [name, bytes] of Object.entries({ small: SMALL, large: LARGE })) {
      await aws(["s3", "cp", "-", `s3://${BUCKET}/from/${name}`], bytes);
      await aws(["s3", "cp", `s3://${BUCKET}/from/${name}`, `s3://${BUCKET}/to/${name}`]);
    }
    expect([rig.count(/^200 CopyObject/), rig.count(/^200 UploadPartCopy/)]).toEqual([1, 3]);
    expect((await aws(["s3", "cp", `s3://${BUCKET}/to/large`, "-"])).equals(LARGE)).toBe(true);
    await aws(["s3", "rm", "--recursive", `s3://${BUCKET}/to/`]);
    // This version sends Content-MD5.
    await aws([
      "s3api",
      "delete-objects",
      "--bucket",
      BUCKET,
      "--delete",
      "Objects=[{Key=from/small},{Key=none}]",
    ]);
    const left = JSON.parse(
      String(await aws(["s3api", "list-objects-v2", "--bucket", BUCKET, "--prefix", "from/"])),
    );
    expect(left.Contents.map(({ Key }: { Key: string }) => Key)).toEqual(["from/large"]);
  });

  test("presigns", async () => {
    await aws(["s3", "cp", rig.files.small, `s3://${BUCKET}/linked.bin`]);
    const url = String(
      await aws(["s3", "presign", "--expires-in", "60", `s3://${BUCKET}/linked.bin`]),
    ).trim();
    expect((await fetched(url)).equals(SMALL)).toBe(true);
    await expect(fetched(url.replace("linked", "other"))).rejects.toThrow("SignatureDoesNotMatch");
  });

  test("metadata, tags, region and buckets", async () => {
    const key = ["--bucket", BUCKET, "--key", "described"];
    const written = [
      "--metadata",
      "a=1",
      "--tagging",
      "k=v",
      "--storage-class",
      "STANDARD_IA",
      "--acl",
      "public-read",
    ];
    await aws(["s3api", "put-object", ...key, "--body", rig.files.small, ...written]);
    const described = JSON.parse(String(await aws(["s3api", "head-object", ...key])));
    expect(described).toMatchObject({ Metadata: { a: "1" }, StorageClass: "STANDARD_IA" });
    const { TagSet } = JSON.parse(String(await aws(["s3api", "get-object-tagging", ...key])));
    expect(TagSet).toEqual([{ Key: "k", Value: "v" }]);
    const { Buckets } = JSON.parse(String(await aws(["s3api", "list-buckets"])));
    expect(Buckets).toMatchObject([{ Name: BUCKET }]);
    const { LocationConstraint } = JSON.parse(
      String(await aws(["s3api", "get-bucket-location", "--bucket", BUCKET])),
    );
    expect(LocationConstraint).toBe("ap-guangzhou");
  });

  test("by the host name of the bucket, through a proxy", async () => {
    const env = { ...keys, AWS_PROFILE: "virtual", HTTP_PROXY: rig.url };
    const options = ["--endpoint-url", "http://cos.ap-guangzhou.myqcloud.com", "s3", "cp"];
    await rig.run(AWS, [...options, "-", `s3://${BUCKET}/virtual`], { env, stdin: SMALL });
    const read = await rig.run(AWS, [...options, `s3://${BUCKET}/virtual`, "-"], { env });
    expect(read.equals(SMALL)).toBe(true);
  });
});
