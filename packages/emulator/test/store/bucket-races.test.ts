import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { authorize, HOST, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const create = () => rig.ask({ method: "PUT", path: "/" });
const erase = (path = "/") => rig.ask({ method: "DELETE", path });
const put = (path: string) => rig.ask({ method: "PUT", path, body: "x" });
const get = (path: string) => rig.ask({ method: "GET", path });

/** PUT with a body whose second half is sent after `between`. */
async function slowPut(path: string, between: () => Promise<void>): Promise<[status: number, text: string]> {
  const headers = { host: HOST, "content-length": "4" };
  const authorization = authorize({ method: "PUT", path }, headers, Math.floor(rig.nowMs / 1000));
  const request = httpRequest({
    host: "127.0.0.1",
    port: rig.port,
    method: "PUT",
    path,
    headers: { ...headers, authorization, expect: "100-continue" },
  });
  request.flushHeaders();
  // Sent when the request was accepted: the bucket is there then.
  await once(request, "continue");
  request.write("ab");
  await between();
  request.end("cd");
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return [response.statusCode, text];
}

describe("an upload whose bucket is deleted meanwhile", () => {
  test("finds no bucket", async () => {
    const [status, text] = await slowPut("/k", async () => {
      expect((await erase()).status).toBe(204);
    });
    expect([status, textIn(text, "Code")]).toEqual([404, "NoSuchBucket"]);
    expect(await rig.dataFiles()).toEqual([]);
  });

  test("does not get into a new bucket of that name", async () => {
    const [status, text] = await slowPut("/k", async () => {
      expect((await erase()).status).toBe(204);
      expect((await create()).status).toBe(200);
    });
    expect([status, textIn(text, "Code")]).toEqual([404, "NoSuchBucket"]);
    expect((await get("/k")).code).toBe("NoSuchKey");
    await rig.restart();
    expect((await get("/k")).code).toBe("NoSuchKey");
    expect(await rig.dataFiles()).toEqual([]);
  });
});

describe("requests at the same time", () => {
  const writers: readonly [string, () => ReturnType<typeof put>][] = [
    ["a new object", () => put("/o")],
    ["a new upload", () => rig.ask({ method: "POST", path: "/o", query: { uploads: "" } })],
    [
      "a change of the bucket",
      () =>
        rig.ask({ method: "PUT", path: "/", query: { acl: "" }, headers: { "x-cos-acl": "public-read" } }),
    ],
  ];
  test.each(writers)("%s and the deletion of its bucket: one of them fails", async (what, write) => {
    for (let round = 0; round < 40; round++) {
      const [written, erased] = await Promise.all([write(), erase()]);
      expect([200, 404]).toContain(written.status);
      expect([204, 409]).toContain(erased.status);
      const kept = what === "a change of the bucket" || written.status !== 200 || erased.status === 409;
      expect(kept).toBe(true);
      if (erased.status === 204) await create();
      for (const uploadId of textsIn(
        (await rig.ask({ method: "GET", path: "/", query: { uploads: "" } })).text,
        "UploadId",
      )) {
        await rig.ask({ method: "DELETE", path: "/o", query: { uploadId } });
      }
      await erase("/o");
    }
    await rig.restart();
    expect(rig.log.filter((line) => line.startsWith("bug"))).toEqual([]);
  });

  test("deletion and creation of a bucket: it is there or not, also after a restart", async () => {
    for (let round = 0; round < 40; round++) {
      const [erased, created] = await Promise.all([erase(), create()]);
      expect(erased.status).toBe(204);
      expect([200, 409]).toContain(created.status);
      expect((await put("/o")).status).toBe(created.status === 200 ? 200 : 404);
      if (created.status !== 200) await create();
      await erase("/o");
    }
    await put("/o");
    await rig.restart();
    expect((await get("/o")).text).toBe("x");
  });

  test("several creations of a bucket: one succeeds", async () => {
    await erase();
    const all = await Promise.all(Array.from({ length: 8 }, create));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    // Also with an ACL that buckets cannot have, as rclone sends it.
    const again = await rig.ask({ method: "PUT", path: "/", headers: { "x-cos-acl": "default" } });
    expect(again.code).toBe("BucketAlreadyOwnedByYou");
  });
});
