import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET, type Rig, startRig, textIn } from "../rig.ts";
import { entriesIn, erase, get, listVersions, putVersion, setVersioning } from "../versioned-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const objects = () => join(rig.data, "buckets", BUCKET, "objects");
const recordOf = (key: string) => join(objects(), `${createHash("sha256").update(key).digest("hex")}.json`);

test("versions, markers and their files survive a restart", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "before" });
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "first");
  await erase(rig, "/a");
  await erase(rig, "/only-marked");
  const listed = (await listVersions(rig)).text;
  expect(entriesIn(listed)).toHaveLength(4);
  await rig.restart();
  expect((await listVersions(rig)).text).toBe(listed);
  expect((await get(rig, "/a", first)).text).toBe("first");
  expect((await get(rig, "/a", "null")).text).toBe("before");
  expect((await get(rig, "/only-marked")).code).toBe("NoSuchKey");
  // Each key has one record file, whatever its history.
  expect(await readdir(objects())).toHaveLength(2);
  expect(await rig.dataFiles()).toHaveLength(2);
});

test("a record file from before there were versions is the null version", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "old" });
  const record: Record<string, unknown> = JSON.parse(await readFile(recordOf("a"), "utf8"));
  expect(Object.keys(record).sort()).toEqual(
    // The format of the first release, and what is written still for an object without a history.
    [
      "acl",
      "crc64",
      "etag",
      "extents",
      "headers",
      "key",
      "lastModified",
      "size",
      "storageClass",
      "tags",
      "type",
    ],
  );
  const bucket = join(rig.data, "buckets", BUCKET, "bucket.json");
  const { name, created, acl } = JSON.parse(await readFile(bucket, "utf8"));
  await writeFile(bucket, JSON.stringify({ name, created, acl }));
  await rig.restart();
  expect((await get(rig, "/a")).text).toBe("old");
  await setVersioning(rig, "Enabled");
  const id = await putVersion(rig, "/a", "new");
  expect(entriesIn((await listVersions(rig)).text)).toEqual([`a:${id}*`, "a:null"]);
});

test("a data directory of the first release opens", async () => {
  // As the release wrote it: no field of it may lose its meaning.
  const file = "0123456789abcdef0123456789abcdef";
  const part = "fedcba9876543210fedcba9876543210";
  const uploadId = "1700000000".padEnd(74, "a");
  const attributes =
    '"headers":{"content-type":"text/plain","x-cos-meta-a":"1"},"storageClass":"STANDARD_IA",' +
    '"acl":{"canned":"public-read","grants":[["READ","100000000001"]]},"tags":[{"key":"k","value":"v"}]';
  const texts: Record<string, string> = {
    "bucket.json": `{"name":"${BUCKET}","created":1700000000000,"acl":{"canned":"private","grants":[]}}`,
    [`objects/${createHash("sha256").update("old").digest("hex")}.json`]:
      `{${attributes},"key":"old","size":3,"etag":"149603e6c03516362a8da23f624db945","crc64":"0",` +
      `"lastModified":1700000000000,"type":"normal","extents":[{"file":"${file}","size":3}]}`,
    [`uploads/${uploadId}/upload.json`]: `{${attributes},"uploadId":"${uploadId}","key":"parts","initiated":1700000000000}`,
    [`uploads/${uploadId}/1.json`]:
      '{"partNumber":1,"size":4,"etag":"c1d1b8c6a7d3f0bb0dbd1ae4d5d2a5d6","crc64":"0",' +
      `"lastModified":1700000000000,"extent":{"file":"${part}","size":4}}`,
  };
  await rig.stop();
  const bucket = join(rig.data, "buckets", BUCKET);
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(bucket, name)), { recursive: true });
    await writeFile(join(bucket, name), text);
  }
  await mkdir(join(rig.data, "data"));
  await writeFile(join(rig.data, "data", file), "old");
  await writeFile(join(rig.data, "data", part), "part");

  await rig.restart();
  const old = await rig.ask({ method: "GET", path: "/old", sign: false });
  expect([old.text, old.headers["x-cos-meta-a"], old.headers["x-cos-storage-class"]]).toEqual([
    "old",
    "1",
    "STANDARD_IA",
  ]);
  const listed = await rig.ask({ method: "GET", path: "/parts", query: { uploadId } });
  expect(textIn(listed.text, "Size")).toBe("4");
  const tags = await rig.ask({ method: "GET", path: "/old", query: { tagging: "" } });
  expect(textIn(tags.text, "Value")).toBe("v");
});

test("only the versions whose bytes were lost are dropped", async () => {
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "first");
  const [file = ""] = await rig.dataFiles();
  const second = await putVersion(rig, "/a", "second");
  await truncate(join(rig.data, "data", file), 2);
  await rig.restart();
  expect((await get(rig, "/a", first)).code).toBe("NoSuchVersion");
  expect((await get(rig, "/a", second)).text).toBe("second");
  expect(await rig.dataFiles()).toHaveLength(1);
});

test("versions that share bytes keep them until the last one is deleted", async () => {
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "shared");
  const source = `${BUCKET}.cos.ap-guangzhou.myqcloud.com/a?versionId=${first}`;
  await rig.ask({ method: "PUT", path: "/b", headers: { "x-cos-copy-source": source } });
  const copy = (await get(rig, "/b")).headers["x-cos-version-id"];
  expect(await rig.dataFiles()).toHaveLength(1);
  await erase(rig, "/a", first);
  expect((await get(rig, "/b")).text).toBe("shared");
  await erase(rig, "/b");
  expect((await get(rig, "/b", copy)).text).toBe("shared");
  await erase(rig, "/b", copy);
  expect(await rig.dataFiles()).toEqual([]);
});
