import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataDamagedError } from "../../src/index.ts";
import { BUCKET, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { toLayout1 } from "./database-file.ts";

let rig: Rig;
let uploadId: string;
beforeEach(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/k", body: "object" });
  uploadId =
    textIn((await rig.ask({ method: "POST", path: "/u", query: { uploads: "" } })).text, "UploadId") ?? "";
  await rig.ask({ method: "PUT", path: "/u", query: { partNumber: "1", uploadId }, body: "part" });
  await rig.close();
  await toLayout1(rig.data);
});
afterEach(() => rig.stop());

const inBucket = (name: string) => join(rig.data, "buckets", BUCKET, name);
const FILES: readonly [string, () => string | Promise<string>][] = [
  ["the record of the bucket", () => inBucket("bucket.json")],
  [
    "the record of an object",
    () => inBucket(`objects/${createHash("sha256").update("k").digest("hex")}.json`),
  ],
  ["the record of an upload", () => inBucket(`uploads/${uploadId}/upload.json`)],
  ["the record of a part", () => inBucket(`uploads/${uploadId}/1.json`)],
];

/** Everything below the data directory. */
const tree = async () =>
  (await readdir(rig.data, { recursive: true })).filter((name) => !name.startsWith("lock")).sort();

async function expectIntact(): Promise<void> {
  await rig.restart();
  expect((await rig.ask({ method: "GET", path: "/k" })).text).toBe("object");
  const parts = await rig.ask({ method: "GET", path: "/u", query: { uploadId } });
  expect(textsIn(parts.text, "Size")).toEqual(["4"]);
}

async function expectRefused(path: string): Promise<void> {
  const before = await tree();
  const refusal = await rig.restart().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataDamagedError);
  expect(String(refusal)).toContain(basename(path));
  expect(await tree()).toEqual(before);
}

// Records in files, as before there was a database: a start reads all of them, and then never again.
describe("what cannot be read ends the start, and nothing is deleted", () => {
  // Also as root, whom no permissions stop: a link to itself cannot be opened.
  test.each(FILES)("%s", async (_what, find) => {
    const path = await find();
    await rename(path, `${rig.data}.aside`);
    await symlink(path, path);
    await expectRefused(path);
    await rm(path);
    await rename(`${rig.data}.aside`, path);
    await expectIntact();
  });

  test.each(FILES)("%s is a folder", async (_what, find) => {
    const path = await find();
    await rename(path, `${rig.data}.aside`);
    await mkdir(path);
    await expectRefused(path);
    await rm(path, { recursive: true });
    await rename(`${rig.data}.aside`, path);
    await expectIntact();
  });
});

describe("a record of another form ends the start, and nothing is deleted", () => {
  const texts = ["null", '"x"', "[]", "{}", "7"];
  test.each(FILES)("%s", async (_what, find) => {
    const path = await find();
    const record = await readFile(path);
    for (const text of texts) {
      await writeFile(path, text);
      await expectRefused(path);
    }
    await writeFile(path, record);
    await expectIntact();
  });

  test("also one that names files outside of data/", async () => {
    const path = inBucket(`objects/${createHash("sha256").update("k").digest("hex")}.json`);
    const record = await readFile(path, "utf8");
    await writeFile(path, record.replace(/"file":"/, '"file":"../'));
    await expectRefused(path);
  });
});

describe("a bucket without a record", () => {
  test.each(["", '{"name":', undefined])(
    "is not deleted while it holds objects or uploads: %j",
    async (text) => {
      const path = inBucket("bucket.json");
      const record = await readFile(path);
      if (text === undefined) await rm(path);
      else await writeFile(path, text);
      await expectRefused(path);
      await rm(inBucket("objects"), { recursive: true });
      await expectRefused(path);
      await writeFile(path, record);
      await rig.restart();
    },
  );

  test("was being created or deleted if it is empty", async () => {
    await rig.restart();
    await rig.ask({ method: "DELETE", path: "/k" });
    await rig.ask({ method: "DELETE", path: "/u", query: { uploadId } });
    await rig.close();
    await toLayout1(rig.data);
    await writeFile(inBucket("bucket.json"), "");
    await rig.restart({ buckets: [] });
    expect((await rig.ask({ method: "HEAD", path: "/" })).status).toBe(404);
  });
});
