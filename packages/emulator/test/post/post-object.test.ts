import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOST, md5, type Rig, startRig, textIn } from "../rig.ts";
import { FILE_NAME, formBody, post, signedFields, upload } from "./form-rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const read = (path: string) => rig.ask({ method: "GET", path });

describe("POST Object", () => {
  test("stores the file and responds with 204, ETag and Location", async () => {
    const response = await upload(rig, [["key", "folder/a b.txt"]], { content: "hello" });
    expect(response.status).toBe(204);
    expect(response.bytes).toHaveLength(0);
    expect(response.headers).toMatchObject({
      etag: `"${md5("hello")}"`,
      location: `http://${HOST}/folder/a%20b.txt`,
      "x-cos-hash-crc64ecma": "11177612005948864433",
    });
    const stored = await read("/folder/a%20b.txt");
    expect(stored.text).toBe("hello");
    expect(stored.headers["x-cos-object-type"]).toBe("normal");
  });

  test("responds as success_action_status asks", async () => {
    const status = (value: string) =>
      upload(rig, [
        ["key", "s&t"],
        ["success_action_status", value],
      ]);
    expect((await status("200")).status).toBe(200);
    expect((await status("204")).status).toBe(204);
    expect((await status("500")).status).toBe(204);
    const created = await status("201");
    expect([created.status, created.headers["content-type"]]).toEqual([201, "application/xml"]);
    expect(created.text).toContain("<PostResponse>");
    expect(textIn(created.text, "Location")).toBe(`http://${HOST}/s%26t`);
    expect(textIn(created.text, "Bucket")).toBe("test-1250000000");
    expect(textIn(created.text, "Key")).toBe("s&amp;t");
    expect(textIn(created.text, "ETag")).toBe(`"${md5("hello")}"`);
  });

  test("redirects with bucket, key and ETag, instead of any status", async () => {
    const redirect = async (target: string) =>
      upload(rig, [
        ["key", "exampleobject"],
        ["success_action_status", "201"],
        ["success_action_redirect", target],
      ]);
    const added = `bucket=test-1250000000&key=exampleobject&etag=%22${md5("hello")}%22`;
    const response = await redirect("https://my.website/upload_success.html");
    expect([response.status, response.headers["content-length"]]).toEqual([303, "0"]);
    expect(response.headers.location).toBe(`https://my.website/upload_success.html?${added}`);
    expect((await redirect("http://a.test/?x=1#top")).headers.location).toBe(
      `http://a.test/?x=1&${added}#top`,
    );
    for (const wrong of ["javascript:alert(1)", "/relative", "https://"]) {
      expect((await redirect(wrong)).code).toBe("InvalidArgument");
    }
  });

  test("puts the name of the file into the key", async () => {
    const named = (fileName: string) =>
      upload(rig, [["key", `in/${FILE_NAME}/${FILE_NAME}`]], { content: "x", fileName }, [
        ["starts-with", "$key", "in/"],
      ]);
    expect((await named("photo 图.jpg")).headers.location).toBe(
      `http://${HOST}/in/photo%20%E5%9B%BE.jpg/photo%20%E5%9B%BE.jpg`,
    );
    expect((await named("C:\\\\folder\\\\a.jpg")).headers.location).toBe(`http://${HOST}/in/a.jpg/a.jpg`);
    expect((await named("$&.jpg")).headers.location).toBe(`http://${HOST}/in/%24%26.jpg/%24%26.jpg`);
  });

  test("keeps headers, metadata, ACL, storage class and encryption", async () => {
    const response = await upload(rig, [
      ["key", "described.bin"],
      ["acl", "public-read"],
      ["Cache-Control", "max-age=86400"],
      ["Content-Disposition", "attachment; filename=example.jpg"],
      ["Content-Type", "image/jpeg"],
      ["Expires", "Wed, 21 Oct 2026 07:28:00 GMT"],
      ["x-cos-meta-example-field", "example 值"],
      ["x-cos-storage-class", "STANDARD_IA"],
      ["x-cos-server-side-encryption", "AES256"],
      ["Content-MD5", md5("hello", "base64")],
    ]);
    expect(response.headers["x-cos-server-side-encryption"]).toBe("AES256");
    const stored = await rig.ask({ method: "GET", path: "/described.bin", sign: false });
    expect(stored.text).toBe("hello");
    expect(stored.headers).toMatchObject({
      "cache-control": "max-age=86400",
      "content-disposition": "attachment; filename=example.jpg",
      "content-type": "image/jpeg",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-cos-meta-example-field": Buffer.from("example 值").toString("latin1"),
      "x-cos-storage-class": "STANDARD_IA",
    });
  });

  test("takes the type from the field or the suffix, never from the file's part", async () => {
    await upload(rig, [["key", "typed.txt"]], { content: "x", type: "image/png" });
    expect((await read("/typed.txt")).headers["content-type"]).toBe("text/plain");
  });

  test("ignores what follows the file", async () => {
    const fields = [["key", "before"] as const, ...signedFields([], rig)];
    const body = formBody(fields, { content: "hello" }, [
      ["key", "after"],
      ["success_action_status", "201"],
    ]);
    const response = await post(rig, Buffer.concat([body, Buffer.from("epilogue")]));
    expect([response.status, response.headers.location]).toEqual([204, `http://${HOST}/before`]);
  });

  test("stores an empty file, a large one, and one that looks like the boundary", async () => {
    const large = Buffer.alloc(5 * 1024 * 1024 + 3, "0123456789\r\n--");
    for (const content of ["", large, "\r\n------FormBoundary7MA4YWx\r\n--", "\r\n", "--"]) {
      expect((await upload(rig, [["key", "content"]], { content })).status).toBe(204);
      expect((await read("/content")).bytes.equals(Buffer.from(content))).toBe(true);
    }
  });

  test("takes a form of unknown length, and of a script whose file has no name", async () => {
    const body = formBody([["key", "chunked"], ...signedFields([], rig)], { content: "hello" });
    const bare = Buffer.from(body.toString("latin1").replace('; filename="a.bin"', ""), "latin1");
    const type = "multipart/form-data; boundary=----FormBoundary7MA4YWxk";
    for (const sent of [body, bare]) {
      const ask = { method: "POST", path: "/", sign: false as const, headers: { "content-type": type } };
      expect((await rig.ask({ ...ask, body: sent, chunked: true })).status).toBe(204);
      expect((await read("/chunked")).text).toBe("hello");
    }
  });
});
