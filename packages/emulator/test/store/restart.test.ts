import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";
import { pretendPowerCut } from "./database-file.ts";

describe("a restart", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ minPartSize: 1 });
  });
  afterAll(() => rig.stop());

  test("keeps objects, uploads, parts, appends, ACLs and tags", async () => {
    const headers = { "x-cos-meta-a": "1", "x-cos-acl": "public-read", "x-cos-tagging": "k=v" };
    await rig.ask({ method: "PUT", path: "/%E4%B8%AD", body: "kept", headers });
    await rig.ask({ method: "POST", path: "/log", query: { append: "", position: "0" }, body: "one" });
    await rig.ask({ method: "POST", path: "/log", query: { append: "", position: "3" }, body: "two" });
    const started = await rig.ask({ method: "POST", path: "/big", query: { uploads: "" } });
    const uploadId = textIn(started.text, "UploadId") ?? "";
    await rig.ask({ method: "PUT", path: "/big", query: { partNumber: "1", uploadId }, body: "part" });
    const files = await rig.dataFiles();

    await rig.restart();
    expect(await rig.dataFiles()).toEqual(files);
    const read = await rig.ask({ method: "GET", path: "/%E4%B8%AD", sign: false });
    expect([read.text, read.headers["x-cos-meta-a"], read.headers["x-cos-tagging-count"]]).toEqual([
      "kept",
      "1",
      "1",
    ]);
    const next = await rig.ask({
      method: "POST",
      path: "/log",
      query: { append: "", position: "6" },
      body: "!",
    });
    expect(next.headers["x-cos-next-append-position"]).toBe("7");
    expect((await rig.ask({ method: "GET", path: "/log" })).text).toBe("onetwo!");
    const listed = await rig.ask({ method: "GET", path: "/big", query: { uploadId } });
    expect(textIn(listed.text, "ETag")).toBe(`"${md5("part")}"`);
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${md5("part")}</ETag></Part></CompleteMultipartUpload>`;
    expect((await rig.ask({ method: "POST", path: "/big", query: { uploadId }, body })).status).toBe(200);
    await rig.restart();
    expect((await rig.ask({ method: "GET", path: "/big" })).text).toBe("part");
    expect(
      textsIn((await rig.ask({ method: "GET", path: "/", query: { uploads: "" } })).text, "UploadId"),
    ).toEqual([]);
  });

  test("drops an object whose bytes were lost in a power cut", async () => {
    await rig.ask({ method: "PUT", path: "/torn", body: "0123456789" });
    const files = await rig.dataFiles();
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) await truncate(join(rig.data, "data", file), 2);
    await rig.close();
    await pretendPowerCut(rig.data);
    await rig.restart();
    expect((await rig.ask({ method: "GET", path: "/torn" })).code).toBe("NoSuchKey");
    expect(await rig.dataFiles()).toEqual([]);
  });
});
