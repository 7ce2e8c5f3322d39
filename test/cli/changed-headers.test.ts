import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUCKET, openRig, type Rig, SECRET_ID, SECRET_KEY, summaryOf } from "./rig.ts";

const PAGE = "<p>hello</p>";

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
  await mkdir(join(rig.folder, "site"));
  await writeFile(join(rig.folder, "site/page.html"), PAGE);
});
afterAll(() => rig.close());

const client = () =>
  createCos({
    Region: "ap-guangzhou",
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Endpoint: `http://127.0.0.1:${rig.port}/{Bucket}`,
  });

async function copy(prefix: string, ...flags: string[]): Promise<[uploaded: unknown, skipped: unknown]> {
  const run = await rig.run(["cp", "-r", "site", `cos://${BUCKET}/${prefix}/`, "--json", ...flags]);
  expect(run.code).toBe(0);
  const { uploaded, skipped } = summaryOf(run);
  return [uploaded, skipped];
}

const head = (Key: string) => client().headObject({ Bucket: BUCKET, Key });

describe("cp -r over a folder that is stored with the same bytes", () => {
  const changed = ["--cache-control", "no-cache", "--content-type", "text/plain", "--meta", "v=2"];

  it("stores new headers, and skips what has them", async () => {
    expect(await copy("a")).toEqual([1, 0]);
    expect(await copy("a")).toEqual([0, 1]);
    expect(await copy("a", ...changed)).toEqual([1, 0]);
    const { headers, Metadata, ContentType } = await head("a/page.html");
    expect([headers["cache-control"], Metadata["x-cos-meta-v"], ContentType]).toEqual([
      "no-cache",
      "2",
      "text/plain",
    ]);
    expect(await copy("a", ...changed)).toEqual([0, 1]);
  });

  it("sends an ACL each time, because COS does not show the one that is stored", async () => {
    expect(await copy("b")).toEqual([1, 0]);
    expect(await copy("b", "--acl", "public-read")).toEqual([1, 0]);
    expect((await fetch(`http://127.0.0.1:${rig.port}/${BUCKET}/b/page.html`)).status).toBe(200);
    expect(await copy("b", "--acl", "private")).toEqual([1, 0]);
    expect((await fetch(`http://127.0.0.1:${rig.port}/${BUCKET}/b/page.html`)).status).toBe(403);
  });
});

describe("uploadDirectory() with skip: 'same'", () => {
  it("compares the headers that the call asks for", async () => {
    const cos = client();
    const folder = { Bucket: BUCKET, LocalDirectoryPath: join(rig.folder, "site"), skip: "same" } as const;
    const upload = async (more: object = {}) => {
      const { uploaded, skipped } = await cos.uploadDirectory({ ...folder, Prefix: "sdk/", ...more });
      return [uploaded, skipped];
    };
    expect(await upload()).toEqual([1, 0]);
    expect(await upload()).toEqual([0, 1]);
    expect(await upload({ StorageClass: "STANDARD_IA" })).toEqual([1, 0]);
    expect(await upload({ StorageClass: "STANDARD_IA" })).toEqual([0, 1]);
    expect(await upload({ StorageClass: "STANDARD_IA", Tagging: "a=b" })).toEqual([1, 0]);
    expect(await upload({ Metadata: { "x-cos-meta-a": "1" } })).toEqual([1, 0]);
  });
});
