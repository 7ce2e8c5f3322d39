import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataForeignError } from "../../src/index.ts";
import { BUCKET, type Rig, startRig } from "../rig.ts";
import { toLayout1 } from "./database-file.ts";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "cos-other-files-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const write = async (...names: string[]): Promise<void> => {
  for (const name of names) {
    await mkdir(dirname(join(data, name)), { recursive: true });
    await writeFile(join(data, name), `mine: ${name}`);
  }
};
const kept = async (...names: string[]): Promise<void> => {
  for (const name of names) expect(await readFile(join(data, name), "utf8")).toBe(`mine: ${name}`);
};
const MD5 = "0123456789abcdef0123456789abcdef";

describe("a directory with files of somebody else is refused, and stays as it is", () => {
  test.each([
    ["data", "data/customers.csv"],
    ["data named like those of the emulator", `data/${MD5}`],
    ["buckets", "buckets/photos/a.jpg"],
    ["buckets named like those of COS", "buckets/photos-2024/a.jpg"],
    ["a lock", "lock/my-file"],
    ["a database", "data/other.sqlite"],
  ])("%s", async (_what, name) => {
    await write(name);
    await expect(startRig({ data })).rejects.toThrow(DataForeignError);
    await kept(name);
    expect(await readdir(data)).toEqual([name.split("/")[0]]);
  });
});

describe("a start deletes only what the emulator wrote", () => {
  const ours = [
    "cosup-emulator.json.0123456789ab.tmp",
    `data/${MD5}`,
    `buckets/${BUCKET}/bucket.json.0123456789ab.tmp`,
    `buckets/${BUCKET}/objects/${MD5}${MD5}.json.0123456789ab.tmp`,
    `buckets/${BUCKET}/uploads/1700000000${MD5}${MD5}/1.json`,
    "buckets/gone-1250000000/bucket.json.0123456789ab.tmp",
  ];
  const others = [
    "notes.txt",
    "lock.file.tmp",
    "data/customers.csv",
    "data/sub/file",
    "buckets/README",
    "buckets/photos/a.jpg",
    "buckets/photos-2024/a.jpg",
    `buckets/${BUCKET}/.DS_Store`,
    `buckets/${BUCKET}/objects/.DS_Store`,
    `buckets/${BUCKET}/objects/folder/file.json`,
    `buckets/${BUCKET}/uploads/.DS_Store`,
    `buckets/${BUCKET}/uploads/mine/upload.json`,
  ];
  let rig: Rig;
  // Of the layout with a file for each record, which has more places for files of somebody else.
  beforeEach(async () => {
    rig = await startRig({ data });
    await rig.ask({ method: "PUT", path: "/kept", body: "kept" });
    await rig.close();
    await toLayout1(data);
    await write(...ours, ...others);
  });
  afterEach(() => rig.stop());

  test.each([true, false])("with its marker: %s", async (marked) => {
    if (!marked) await rm(join(data, "cosup-emulator.json"));
    await rig.restart();
    await kept(...others);
    const left = await readdir(data, { recursive: true });
    for (const name of ours) expect(left).not.toContain(name);
    expect(left).not.toContain("buckets/gone-1250000000");
    expect((await rig.ask({ method: "GET", path: "/kept" })).text).toBe("kept");
  });

  test("nor does the deletion of a bucket", async () => {
    await rig.restart();
    await rig.ask({ method: "DELETE", path: "/kept" });
    expect((await rig.ask({ method: "DELETE", path: "/" })).status).toBe(204);
    await kept(...others);
    await rig.restart({ buckets: [] });
    expect((await rig.ask({ method: "HEAD", path: "/" })).status).toBe(404);
    await kept(...others);
  });
});
