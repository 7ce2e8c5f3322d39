import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DataDamagedError } from "../../src/index.ts";
import { BUCKET, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { entriesIn, erase, get, listVersions, putVersion, setVersioning } from "../versioned-rig.ts";
import { note, toLayout1 } from "./database-file.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({ minPartSize: 1 });
});
afterEach(() => rig.stop());

const recordOf = (key: string) =>
  join(rig.data, "buckets", BUCKET, "objects", `${createHash("sha256").update(key).digest("hex")}.json`);

/** The emulator as a version with a file for each record has left it. */
async function toFiles(): Promise<void> {
  await rig.close();
  await toLayout1(rig.data);
}

test("objects, versions, markers, uploads, parts and shared bytes move into the database", async () => {
  await rig.ask({ method: "PUT", path: "/empty", body: "" });
  await setVersioning(rig, "Enabled");
  const first = await putVersion(rig, "/a", "first");
  await erase(rig, "/a");
  const source = `${BUCKET}.cos.ap-guangzhou.myqcloud.com/a?versionId=${first}`;
  await rig.ask({ method: "PUT", path: "/copy", headers: { "x-cos-copy-source": source } });
  const started = await rig.ask({ method: "POST", path: "/big", query: { uploads: "" } });
  const uploadId = textIn(started.text, "UploadId") ?? "";
  await rig.ask({ method: "PUT", path: "/big", query: { partNumber: "1", uploadId }, body: "part" });
  const [listed, files] = [(await listVersions(rig)).text, await rig.dataFiles()];
  await toFiles();
  await access(recordOf("a"));
  await rig.restart();

  expect((await listVersions(rig)).text).toBe(listed);
  expect(await rig.dataFiles()).toEqual(files);
  expect(textsIn((await rig.ask({ method: "GET", path: "/big", query: { uploadId } })).text, "Size")).toEqual(
    ["4"],
  );
  expect((await get(rig, "/empty")).text).toBe("");
  // Both still need the bytes, and after the second deletion nobody does.
  await erase(rig, "/a", first);
  expect((await get(rig, "/copy")).text).toBe("first");
  const copy = (await get(rig, "/copy")).headers["x-cos-version-id"];
  await erase(rig, "/copy", copy);
  expect(await rig.dataFiles()).toHaveLength(1);
});

test("the files of the records are gone afterwards, and an earlier version would refuse the directory", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "a" });
  await toFiles();
  await rig.restart();
  const left = await readdir(join(rig.data, "buckets"), { recursive: true });
  // A version that reads buckets/*/bucket.json ends with an error, because this is no record of a bucket.
  expect(left.sort()).toEqual(["moved-2", "moved-2/bucket.json"]);
  const guard = JSON.parse(await readFile(join(rig.data, "buckets/moved-2/bucket.json"), "utf8"));
  expect(guard).not.toHaveProperty("name");
  expect(JSON.parse(await readFile(join(rig.data, "cosup-emulator.json"), "utf8"))).toEqual({ layout: 2 });
});

test.each([
  ["before the database had anything", async () => writeFile(join(rig.data, "cosup-emulator.sqlite"), "")],
  [
    "while the database was written",
    async () => writeFile(join(rig.data, "cosup-emulator.sqlite-wal"), "torn"),
  ],
])("a migration that was killed %s begins again", async (_when, kill) => {
  await rig.ask({ method: "PUT", path: "/a", body: "a" });
  await toFiles();
  await kill();
  await rig.restart();
  expect((await get(rig, "/a")).text).toBe("a");
});

test("a migration that was killed while it deleted the old records deletes the rest", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "a" });
  await toFiles();
  const record = await readFile(recordOf("a"), "utf8");
  await rig.restart();
  await rig.ask({ method: "PUT", path: "/a", body: "newer" });
  await rig.close();
  await mkdir(dirname(recordOf("a")), { recursive: true });
  await writeFile(recordOf("a"), record);
  await note(rig.data, "migrated", "true");
  await rig.restart();
  expect((await get(rig, "/a")).text).toBe("newer");
  await expect(access(recordOf("a"))).rejects.toThrow("ENOENT");
});

test("a record that cannot be read ends the migration, and nothing is changed", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "a" });
  await toFiles();
  const record = await readFile(recordOf("a"));
  await writeFile(recordOf("a"), "{}");
  const before = await readdir(rig.data, { recursive: true });
  await expect(rig.restart()).rejects.toThrow(DataDamagedError);
  expect(await readdir(rig.data, { recursive: true })).toEqual(before);
  await writeFile(recordOf("a"), record);
  await rig.restart();
  expect((await get(rig, "/a")).text).toBe("a");
});

test("an upload that was completed when the emulator was killed is not open again", async () => {
  const started = await rig.ask({ method: "POST", path: "/big", query: { uploads: "" } });
  const uploadId = textIn(started.text, "UploadId") ?? "";
  const part = await rig.ask({
    method: "PUT",
    path: "/big",
    query: { partNumber: "1", uploadId },
    body: "part",
  });
  await toFiles();
  const bucket = join(rig.data, "buckets", BUCKET);
  const upload = JSON.parse(await readFile(join(bucket, "uploads", uploadId, "upload.json"), "utf8"));
  const { extent } = JSON.parse(await readFile(join(bucket, "uploads", uploadId, "1.json"), "utf8"));
  const { initiated, ...attributes } = upload;
  const object = { ...attributes, size: 4, etag: "e-1", crc64: "0", lastModified: initiated, type: "normal" };
  await mkdir(dirname(recordOf("big")), { recursive: true });
  await writeFile(recordOf("big"), JSON.stringify({ ...object, extents: [extent] }));
  await rig.restart();
  expect(part.status).toBe(200);
  expect((await get(rig, "/big")).text).toBe("part");
  expect(
    textsIn((await rig.ask({ method: "GET", path: "/", query: { uploads: "" } })).text, "UploadId"),
  ).toEqual([]);
  expect(await rig.dataFiles()).toHaveLength(1);
});

test("a record from before there were versions is the null version", async () => {
  await rig.ask({ method: "PUT", path: "/a", body: "old" });
  await toFiles();
  const record: Record<string, unknown> = JSON.parse(await readFile(recordOf("a"), "utf8"));
  // The format of the first release, and what is written still for an object without a history.
  const names = "acl,crc64,etag,extents,headers,key,lastModified,size,storageClass,tags,type";
  expect(Object.keys(record).sort().join()).toBe(names);
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
  await rm(rig.data, { recursive: true, force: true });
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
