import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { follow, KEYS } from "./official-client.ts";
import { BUCKET, LARGE, openS3Rig, type S3Rig, SMALL } from "./s3-rig.ts";

// The provider TencentCOS always addresses buckets by their host names, which the emulator serves as a proxy.
const CONFIG = `[cos]
type = s3
provider = TencentCOS
access_key_id = ${KEYS.secretId}
secret_access_key = ${KEYS.secretKey}
endpoint = http://cos.ap-guangzhou.myqcloud.com
acl = default
chunk_size = 5M
upload_cutoff = 5M
copy_cutoff = 5M
`;

let rig: S3Rig;
const rclone = (args: readonly string[], stdin?: Uint8Array): Promise<Buffer> => {
  const options = ["--config", join(rig.home, "rclone.conf"), "--retries", "1", "--low-level-retries", "1"];
  const env = { HTTP_PROXY: `http://127.0.0.1:${rig.port}` };
  return rig.run("rclone", [...options, ...args], { env, ...(stdin && { stdin }) });
};

beforeAll(async () => {
  rig = await openS3Rig();
  await writeFile(join(rig.home, "rclone.conf"), CONFIG);
});
afterAll(() => rig.stop());

describe.skipIf(!hasCommand("rclone"))("rclone with the provider TencentCOS", () => {
  test("uploads, lists and compares", async () => {
    await rclone(["copyto", rig.files.small, `cos:${BUCKET}/files/small.bin`]);
    await rclone(["copyto", rig.files.large, `cos:${BUCKET}/files/large.bin`]);
    expect(rig.count(/^200 UploadPart .*large\.bin/)).toBe(3);
    const listed = String(await rclone(["lsf", "--recursive", "--format", "sp", "cos:"]));
    expect(listed.split("\n").sort()).toEqual([
      "",
      `-1;${BUCKET}/`,
      `-1;${BUCKET}/files/`,
      `${LARGE.length};${BUCKET}/files/large.bin`,
      `${SMALL.length};${BUCKET}/files/small.bin`,
    ]);
    await rclone([
      "check",
      "--download",
      "--one-way",
      "--include",
      "*.bin",
      rig.directory,
      `cos:${BUCKET}/files`,
    ]);
    // Sizes and times are known from the metadata, so nothing is sent again.
    rig.log.length = 0;
    await rclone(["copy", "--include", "*.bin", rig.directory, `cos:${BUCKET}/files`]);
    expect(rig.count(/PutObject|UploadPart/)).toBe(0);
  });

  test("uploads from stdin, in parts", async () => {
    await rclone(["rcat", `cos:${BUCKET}/stdin.bin`], LARGE);
    expect((await rclone(["cat", `cos:${BUCKET}/stdin.bin`])).equals(LARGE)).toBe(true);
  });

  test("copies whole and by parts, deletes", async () => {
    await rclone(["rcat", `cos:${BUCKET}/from/small`], SMALL);
    await rclone(["rcat", `cos:${BUCKET}/from/large`], LARGE);
    await rclone(["copy", `cos:${BUCKET}/from`, `cos:${BUCKET}/to`]);
    expect([rig.count(/^200 CopyObject/), rig.count(/^200 UploadPartCopy/)]).toEqual([1, 3]);
    expect((await rclone(["cat", `cos:${BUCKET}/to/large`])).equals(LARGE)).toBe(true);
    await rclone(["delete", `cos:${BUCKET}/to`]);
    expect(String(await rclone(["lsf", "--recursive", `cos:${BUCKET}/to`]))).toBe("");
  });

  test("presigns", async () => {
    await rclone(["rcat", `cos:${BUCKET}/linked.txt`], Buffer.from("behind a link"));
    const url = String(await rclone(["link", "--expire", "1h", `cos:${BUCKET}/linked.txt`])).trim();
    expect(url).toContain("X-Amz-Signature=");
    expect((await follow(rig.port, "GET", url)).text).toBe("behind a link");
    expect((await follow(rig.port, "DELETE", url)).status).toBe(403);
  });

  test("a wrong key is named", async () => {
    await expect(rclone(["--s3-secret-access-key", "wrong", "lsf", "cos:"])).rejects.toThrow(
      "SignatureDoesNotMatch",
    );
  });
});
