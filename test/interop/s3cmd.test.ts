import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { KEYS } from "./official-client.ts";
import { BUCKET, fetched, LARGE, openS3Rig, type S3Rig, SMALL } from "./s3-rig.ts";

let rig: S3Rig;
const s3cmd = (args: readonly string[], stdin?: Uint8Array): Promise<Buffer> =>
  rig.run("s3cmd", ["-c", join(rig.home, "s3cfg"), "--no-progress", ...args], { ...(stdin && { stdin }) });

beforeAll(async () => {
  rig = await openS3Rig();
  const address = `127.0.0.1:${rig.port}`;
  const config = {
    access_key: KEYS.secretId,
    secret_key: KEYS.secretKey,
    host_base: address,
    host_bucket: `${address}/%(bucket)`,
    use_https: "False",
    bucket_location: "ap-guangzhou",
    multipart_chunk_size_mb: "5",
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} = ${value}\n`);
  await writeFile(join(rig.home, "s3cfg"), `[default]\n${lines.join("")}`);
});
afterAll(() => rig.stop());

describe.skipIf(!hasCommand("s3cmd"))("s3cmd", () => {
  test("uploads whole and in parts, lists, downloads", async () => {
    await s3cmd(["put", rig.files.small, `s3://${BUCKET}/put/small.bin`]);
    await s3cmd(["put", rig.files.large, `s3://${BUCKET}/put/large.bin`]);
    expect(rig.count(/^200 UploadPart .*large\.bin/)).toBe(3);
    const listed = String(await s3cmd(["ls", "--recursive", `s3://${BUCKET}/put/`]));
    expect(listed.match(/\d+ {2}s3:\S+/g)).toEqual([
      `${LARGE.length}  s3://${BUCKET}/put/large.bin`,
      `${SMALL.length}  s3://${BUCKET}/put/small.bin`,
    ]);
    const copy = join(rig.directory, "downloaded");
    await s3cmd(["get", `s3://${BUCKET}/put/large.bin`, copy]);
    expect((await readFile(copy)).equals(LARGE)).toBe(true);
  });

  test("uploads from stdin, in parts", async () => {
    await s3cmd(["put", "-", `s3://${BUCKET}/stdin.bin`], LARGE);
    expect((await s3cmd(["get", `s3://${BUCKET}/stdin.bin`, "-"])).equals(LARGE)).toBe(true);
  });

  test("copies, describes and deletes", async () => {
    await s3cmd(["put", rig.files.small, `s3://${BUCKET}/from/small`]);
    await s3cmd(["cp", `s3://${BUCKET}/from/small`, `s3://${BUCKET}/to/small`]);
    const info = String(await s3cmd(["info", `s3://${BUCKET}/to/small`]));
    expect(info).toMatch(/File size: 3000/);
    expect(info).toContain("x-amz-meta-s3cmd-attrs:");
    await s3cmd(["del", "--recursive", "--force", `s3://${BUCKET}/from/`]);
    expect(String(await s3cmd(["ls", "--recursive", `s3://${BUCKET}/from/`]))).toBe("");
    expect(rig.count(/^200 DeleteMultipleObjects/)).toBe(1);
    expect(String(await s3cmd(["ls"]))).toContain(`s3://${BUCKET}`);
  });

  test("presigns, with version 2 of the signature", async () => {
    await s3cmd(["put", rig.files.small, `s3://${BUCKET}/linked.bin`]);
    const url = String(await s3cmd(["signurl", `s3://${BUCKET}/linked.bin`, "+60"])).trim();
    expect(url).toContain("AWSAccessKeyId=");
    expect((await fetched(url)).equals(SMALL)).toBe(true);
    await expect(fetched(url.replace("linked", "other"))).rejects.toThrow("SignatureDoesNotMatch");
  });
});
