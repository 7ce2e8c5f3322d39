import { describe, expect, test } from "vitest";
import { BUCKET, md5, textIn } from "../rig.ts";
import { complete, completeBody, initiate, list, MiB, part, quoted, rig, useRig } from "./multipart-rig.ts";

useRig();

describe("a multipart upload", () => {
  test("initiate, parts, list, complete, read", async () => {
    const started = await rig.ask({
      method: "POST",
      path: "/big",
      query: { uploads: "" },
      headers: { "content-type": "video/mp4", "x-cos-meta-a": "1", "x-cos-storage-class": "MAZ_COLD" },
    });
    expect(started.headers["content-type"]).toBe("application/xml");
    expect(textIn(started.text, "Bucket")).toBe(BUCKET);
    expect(textIn(started.text, "Key")).toBe("big");
    const uploadId = textIn(started.text, "UploadId") ?? "";
    expect(uploadId).toMatch(/^\d{10}[0-9a-f]{64}$/);

    const bodies = [Buffer.alloc(MiB, 1), Buffer.alloc(MiB + 1, 2), Buffer.from("tail")];
    const responses = await Promise.all(bodies.map((body, index) => part("/big", uploadId, index + 1, body)));
    for (const [index, response] of responses.entries()) {
      expect(response.status).toBe(200);
      expect(response.headers.etag).toBe(quoted(bodies[index] ?? ""));
      expect(response.headers["x-cos-hash-crc64ecma"]).toMatch(/^\d+$/);
    }

    const done = await complete(
      "/big",
      uploadId,
      completeBody(bodies.map((body, index) => [index + 1, quoted(body)])),
    );
    expect(done.status).toBe(200);
    expect(done.headers["transfer-encoding"]).toBe("chunked");
    expect(done.headers["x-cos-storage-class"]).toBe("MAZ_COLD");
    expect(done.text).toContain(
      '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751">',
    );
    expect(textIn(done.text, "Location")).toBe(`http://${BUCKET}.cos.ap-guangzhou.myqcloud.com/big`);
    expect(textIn(done.text, "ETag")).toMatch(/^"[0-9a-f]{32}-3"$/);

    const read = await rig.ask({ method: "GET", path: "/big" });
    expect(read.bytes.equals(Buffer.concat(bodies))).toBe(true);
    expect(read.headers).toMatchObject({
      etag: textIn(done.text, "ETag"),
      "content-type": "video/mp4",
      "x-cos-meta-a": "1",
      "x-cos-hash-crc64ecma": done.headers["x-cos-hash-crc64ecma"],
    });
    const whole = await rig.ask({ method: "PUT", path: "/same-bytes", body: Buffer.concat(bodies) });
    expect(whole.headers["x-cos-hash-crc64ecma"]).toBe(done.headers["x-cos-hash-crc64ecma"]);
    const range = `bytes=${MiB - 2}-${2 * MiB + 4}`;
    const across = await rig.ask({ method: "GET", path: "/big", headers: { range } });
    expect(across.bytes.equals(Buffer.concat(bodies).subarray(MiB - 2, 2 * MiB + 5))).toBe(true);
  });

  test("accepts ETags escaped, raw and bare, in a document with a declaration", async () => {
    const uploadId = await initiate("/etags");
    const bodies = [Buffer.alloc(MiB, 1), Buffer.alloc(MiB, 2), Buffer.alloc(1, 3)];
    for (const [index, body] of bodies.entries()) await part("/etags", uploadId, index + 1, body);
    const [a, b, c] = bodies.map((body) => md5(body));
    const body = completeBody([
      [1, `&quot;${a}&quot;`],
      [2, `"${b}"`],
      [3, String(c)],
    ]);
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
    const done = await complete("/etags", uploadId, text, { "content-md5": md5(text, "base64") });
    expect(done.status).toBe(200);
  });

  test("the ETag of two uploads of the same parts differs", async () => {
    const etags = [];
    for (const path of ["/one", "/two"]) {
      const uploadId = await initiate(path);
      await part(path, uploadId, 1, "same");
      const done = await complete(path, uploadId, completeBody([[1, quoted("same")]]));
      etags.push(textIn(done.text, "ETag"));
    }
    expect(etags[0]).not.toBe(etags[1]);
  });

  test("a second body for a part number replaces the first", async () => {
    const uploadId = await initiate("/again");
    await part("/again", uploadId, 1, "first");
    const before = await rig.dataFiles();
    await part("/again", uploadId, 1, "second");
    expect(await rig.dataFiles()).toHaveLength(before.length);
    expect((await complete("/again", uploadId, completeBody([[1, quoted("first")]]))).code).toBe(
      "InvalidPart",
    );
    expect((await complete("/again", uploadId, completeBody([[1, quoted("second")]]))).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: "/again" })).text).toBe("second");
  });

  test("Complete deletes the parts it does not list", async () => {
    const before = await rig.dataFiles();
    const uploadId = await initiate("/subset");
    for (const n of [1, 2, 3]) await part("/subset", uploadId, n, `part ${n}`);
    await complete("/subset", uploadId, completeBody([[2, quoted("part 2")]]));
    expect((await rig.ask({ method: "GET", path: "/subset" })).text).toBe("part 2");
    expect(await rig.dataFiles()).toHaveLength(before.length + 1);
  });

  test("Complete twice is NoSuchUpload the second time, and the object stays", async () => {
    const uploadId = await initiate("/lost-response");
    await part("/lost-response", uploadId, 1, "x");
    const body = completeBody([[1, quoted("x")]]);
    const both = await Promise.all([1, 2].map(() => complete("/lost-response", uploadId, body)));
    expect(both.map((response) => response.status).sort()).toEqual([200, 404]);
    const late = await complete("/lost-response", uploadId, body);
    expect([late.status, late.code]).toEqual([404, "NoSuchUpload"]);
    expect((await rig.ask({ method: "GET", path: "/lost-response" })).text).toBe("x");
  });

  test("Abort removes the upload and its files; parts that arrive later are NoSuchUpload", async () => {
    const before = await rig.dataFiles();
    const uploadId = await initiate("/aborted");
    await part("/aborted", uploadId, 1, "x");
    const [late, abort] = await Promise.all([
      part("/aborted", uploadId, 2, Buffer.alloc(4 * MiB)),
      rig.ask({ method: "DELETE", path: "/aborted", query: { uploadId } }),
    ]);
    expect([abort.status, abort.bytes.length]).toEqual([204, 0]);
    expect([200, 404]).toContain(late.status);
    for (const response of [
      await rig.ask({ method: "DELETE", path: "/aborted", query: { uploadId } }),
      await list("/aborted", uploadId),
      await part("/aborted", uploadId, 3, "x"),
      await complete("/aborted", uploadId, completeBody([[1, quoted("x")]])),
    ]) {
      expect([response.status, response.code]).toEqual([404, "NoSuchUpload"]);
    }
    expect(await rig.dataFiles()).toHaveLength(before.length);
  });

  test("an empty uploadId aborts nothing and deletes nothing", async () => {
    await rig.ask({ method: "PUT", path: "/kept", body: "x" });
    const response = await rig.ask({ method: "DELETE", path: "/kept", query: { uploadId: "" } });
    expect([response.status, response.code]).toEqual([404, "NoSuchUpload"]);
    expect((await rig.ask({ method: "HEAD", path: "/kept" })).status).toBe(200);
  });
});
