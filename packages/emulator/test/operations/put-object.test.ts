import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorize, HOST, md5, type Rig, startRig } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const put = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  rig.ask({ method: "PUT", path, body, headers });

describe("PUT Object", () => {
  test("sends 200 without a body, with ETag, CRC64 and the headers of every COS response", async () => {
    const response = await put("/plain", "hello");
    expect(response.status).toBe(200);
    expect(response.bytes).toHaveLength(0);
    expect(response.headers).toMatchObject({
      etag: '"5d41402abc4b2a76b9719d911017c592"',
      "x-cos-hash-crc64ecma": "11177612005948864433",
      server: "tencent-cos",
      connection: "keep-alive",
      date: new Date(rig.nowMs).toUTCString(),
    });
    const id = Buffer.from(response.headers["x-cos-request-id"] ?? "", "base64").toString();
    expect(id).toMatch(/^[0-9a-f]{8}_[0-9a-f]+_[0-9a-f]+_[0-9a-f]+$/);
  });

  test("takes a chunked body of unknown length", async () => {
    const response = await rig.ask({ method: "PUT", path: "/chunked", body: "chunked body", chunked: true });
    expect(response.status).toBe(200);
    const read = await rig.ask({ method: "GET", path: "/chunked" });
    expect(read.text).toBe("chunked body");
  });

  test("stores an empty object", async () => {
    const response = await put("/folder/", "");
    expect(response.headers["x-cos-hash-crc64ecma"]).toBe("0");
    expect((await rig.ask({ method: "HEAD", path: "/folder/" })).headers["content-length"]).toBe("0");
    expect((await rig.ask({ method: "GET", path: "/folder/" })).bytes).toHaveLength(0);
  });

  test("verifies Content-MD5", async () => {
    const right = await put("/md5", "hello", { "content-md5": md5("hello", "base64") });
    expect(right.status).toBe(200);
    const wrong = await put("/md5", "jello", { "content-md5": md5("hello", "base64") });
    expect([wrong.status, wrong.code]).toEqual([400, "BadDigest"]);
    const malformed = await put("/md5", "hello", { "content-md5": "c2hvcnQ=" });
    expect([malformed.status, malformed.code]).toEqual([400, "InvalidDigest"]);
    expect((await rig.ask({ method: "GET", path: "/md5" })).text).toBe("hello");
  });

  test("a refused body leaves no file behind", async () => {
    const before = await rig.dataFiles();
    await put("/gone", "x".repeat(100_000), { "content-md5": md5("other", "base64") });
    expect(await rig.dataFiles()).toEqual(before);
  });

  test("an overwrite replaces bytes, metadata and file", async () => {
    await put("/twice", "first", { "x-cos-meta-a": "1", "cache-control": "no-cache" });
    const before = await rig.dataFiles();
    await put("/twice", "second");
    const read = await rig.ask({ method: "GET", path: "/twice" });
    expect(read.text).toBe("second");
    expect(read.headers["x-cos-meta-a"]).toBeUndefined();
    expect(read.headers["cache-control"]).toBeUndefined();
    expect(await rig.dataFiles()).toHaveLength(before.length);
  });

  test("x-cos-forbid-overwrite protects an existing key", async () => {
    expect((await put("/once", "1", { "x-cos-forbid-overwrite": "true" })).status).toBe(200);
    const again = await put("/once", "2", { "x-cos-forbid-overwrite": "true" });
    expect([again.status, again.code]).toEqual([409, "FileAlreadyExists"]);
    expect((await put("/once", "3", { "x-cos-forbid-overwrite": "perhaps" })).code).toBe("InvalidArgument");
    expect((await rig.ask({ method: "GET", path: "/once" })).text).toBe("1");
  });

  test("of concurrent writes that forbid overwriting, exactly one succeeds", async () => {
    const headers = { "x-cos-forbid-overwrite": "true" };
    const responses = await Promise.all(
      [1, 2, 3, 4].map((n) => put("/race", String(n).repeat(50_000), headers)),
    );
    expect(responses.map((response) => response.status).sort()).toEqual([200, 409, 409, 409]);
  });

  test("keeps headers, metadata, storage class, tags and encryption", async () => {
    const response = await put("/described", "x", {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": "attachment",
      "content-encoding": "gzip",
      "content-language": "en",
      "cache-control": "max-age=60",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-cos-meta-author": "a b",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-tagging": "k1=v1&k2=v%202",
      "x-cos-server-side-encryption": "AES256",
      "x-cos-acl": "private",
      "x-cos-grant-read": 'id="100000000001", uin="100000000002"',
      "x-cos-traffic-limit": "819200",
    });
    expect(response.status).toBe(200);
    expect(response.headers["x-cos-server-side-encryption"]).toBe("AES256");
    expect(response.headers["x-cos-storage-class"]).toBe("STANDARD_IA");
    const head = await rig.ask({ method: "HEAD", path: "/described" });
    expect(head.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": "attachment",
      "content-encoding": "gzip",
      "content-language": "en",
      "cache-control": "max-age=60",
      expires: "Wed, 21 Oct 2026 07:28:00 GMT",
      "x-cos-meta-author": "a b",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-tagging-count": "2",
      "x-cos-server-side-encryption": "AES256",
    });
  });

  test("an empty header counts as absent", async () => {
    const empty = { "content-type": "", "cache-control": "", "x-cos-acl": "" };
    const stored = await put("/empty-headers", "x", empty);
    expect(stored.headers["x-cos-storage-class"]).toBeUndefined();
    const head = await rig.ask({ method: "HEAD", path: "/empty-headers" });
    expect(head.headers["content-type"]).toBe("application/octet-stream");
    expect(head.headers["cache-control"]).toBeUndefined();
    expect(head.headers["x-cos-storage-class"]).toBeUndefined();
  });

  test("under KMS the ETag is not the MD5", async () => {
    const response = await put("/kms", "hello", { "x-cos-server-side-encryption": "cos/kms" });
    expect(response.headers.etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(response.headers.etag).not.toBe(`"${md5("hello")}"`);
  });

  test("an object under a customer's key needs that key", async () => {
    const key = Buffer.alloc(32, 7);
    const customer = {
      "x-cos-server-side-encryption-customer-algorithm": "AES256",
      "x-cos-server-side-encryption-customer-key": key.toString("base64"),
      "x-cos-server-side-encryption-customer-key-md5": md5(key, "base64"),
    };
    expect((await put("/sse-c", "x", customer)).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: "/sse-c" })).code).toBe("InvalidArgument");
    expect((await rig.ask({ method: "GET", path: "/sse-c", headers: customer })).text).toBe("x");
    const bad = { ...customer, "x-cos-server-side-encryption-customer-key-md5": md5("no", "base64") };
    expect((await put("/sse-c", "x", bad)).code).toBe("InvalidArgument");
  });

  test.each([
    ["x-cos-acl", "everybody", "InvalidArgument"],
    ["x-cos-grant-read", "100000000001", "InvalidArgument"],
    ["x-cos-storage-class", "GLACIER", "InvalidArgument"],
    ["x-cos-server-side-encryption", "rot13", "InvalidArgument"],
    ["x-cos-traffic-limit", "819199", "InvalidArgument"],
    ["x-cos-traffic-limit", "838860801", "InvalidArgument"],
    ["x-cos-traffic-limit", "1e6", "InvalidArgument"],
    ["x-cos-tagging", "a=1&a=2", "InvalidTag"],
    ["x-cos-tagging", Array.from({ length: 11 }, (_, n) => `k${n}=v`).join("&"), "InvalidTag"],
    ["x-cos-meta-long", "x".repeat(2048), "InvalidArgument"],
    ["x-cos-meta-under_score", "x", "InvalidArgument"],
  ])("refuses %s: %.40s", async (name, value, code) => {
    const response = await put("/refused", "x", { [name]: value });
    expect([response.status, response.code]).toEqual([400, code]);
    expect((await rig.ask({ method: "HEAD", path: "/refused" })).status).toBe(404);
  });

  test("refuses a body above 5 GB from its headers alone", async () => {
    const ask = {
      method: "PUT",
      path: "/huge",
      headers: { "content-length": "5368709121", expect: "100-continue" },
    };
    const response = await rig.ask({ ...ask, sign: { signedHeaders: ["host"] } });
    expect([response.status, response.code]).toEqual([400, "EntityTooLarge"]);
  });

  test("sends 100 Continue when it reads the body", async () => {
    const authorization = authorize({ method: "PUT", path: "/waited" }, { host: HOST }, rig.nowMs / 1000);
    const reply = await rig.raw(
      `PUT /waited HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: ${authorization}\r\nContent-Length: 5\r\n` +
        "Expect: 100-continue\r\nConnection: close\r\n\r\nhello",
    );
    expect(reply).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect((await rig.ask({ method: "GET", path: "/waited" })).text).toBe("hello");
  });

  test("needs a Content-Length or chunked framing", async () => {
    const authorization = authorize({ method: "PUT", path: "/no-length" }, { host: HOST }, rig.nowMs / 1000);
    const reply = await rig.raw(
      `PUT /no-length HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 411 /);
    expect(reply).toContain("<Code>MissingContentLength</Code>");
  });

  test("a key may have at most 850 bytes", async () => {
    expect((await put(`/${"k".repeat(850)}`, "x")).status).toBe(200);
    const long = await put(`/${"k".repeat(851)}`, "x");
    expect([long.status, long.code]).toEqual([400, "KeyTooLong"]);
    expect((await put(`/${"%E4%B8%AD".repeat(284)}`, "x")).code).toBe("KeyTooLong");
  });

  test.each(["%18", "a%1Bb", "%5Cback", "%2Fslash", "nul%00"])("refuses the key %s", async (key) => {
    const response = await put(`/${key}`, "x");
    expect([response.status, response.code]).toEqual([400, "InvalidObjectName"]);
  });

  test.each([
    ["a space + plus%", "/a%20space%20+%20plus%25", "/a%20space%20%2B%20plus%25"],
    ["中文/目录", "/%E4%B8%AD%E6%96%87%2F%E7%9B%AE%E5%BD%95", "/%E4%B8%AD%E6%96%87/%E7%9B%AE%E5%BD%95"],
    ["a/./b/../c//d", "/a/.%2Fb/..%2Fc//d", "/a/./b/../c//d"],
    ["x!'()*", "/x!'()*", "/x%21%27%28%29%2A"],
  ])("spells the key %s in two ways", async (key, one, other) => {
    expect((await put(one, key)).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: other })).text).toBe(key);
  });
});
