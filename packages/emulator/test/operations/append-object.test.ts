import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { md5, type Rig, startRig } from "../rig.ts";
import { erase, get, putVersion, setVersioning } from "../versioned-rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const append = (path: string, position: string, body: string, headers: Record<string, string> = {}) =>
  rig.ask({ method: "POST", path, query: { append: "", position }, body, headers });

describe("APPEND Object", () => {
  test("builds an object append by append", async () => {
    const first = await append("/log", "0", "hello", { "x-cos-meta-a": "1" });
    expect(first.status).toBe(200);
    expect(first.headers["x-cos-next-append-position"]).toBe("5");
    const second = await append("/log", "5", " world", { "x-cos-meta-a": "2" });
    expect(second.headers["x-cos-next-append-position"]).toBe("11");
    expect(first.headers["x-cos-content-sha1"]).toBe(md5("hello"));
    expect(second.headers["x-cos-content-sha1"]).toBe(md5(" world"));
    expect(second.headers["x-cos-hash-crc64ecma"]).toBe("5981764153023615706");
    expect(second.headers.etag).not.toBe(first.headers.etag);

    const read = await rig.ask({ method: "GET", path: "/log" });
    expect(read.text).toBe("hello world");
    expect(read.headers).toMatchObject({
      "x-cos-object-type": "appendable",
      "x-cos-hash-crc64ecma": "5981764153023615706",
      // Headers count at the first append only.
      "x-cos-meta-a": "1",
    });
    expect((await rig.ask({ method: "GET", path: "/log", headers: { range: "bytes=3-7" } })).text).toBe(
      "lo wo",
    );
  });

  test("a position other than the length is AppendPositionErr", async () => {
    await append("/at", "0", "12345");
    for (const position of ["0", "4", "6"]) {
      const response = await append("/at", position, "x");
      expect([response.status, response.code]).toEqual([409, "AppendPositionErr"]);
    }
    expect((await append("/new", "1", "x")).code).toBe("AppendPositionErr");
  });

  test("of two appends at one position one wins", async () => {
    await append("/contested", "0", "");
    const responses = await Promise.all(
      ["a", "b", "c"].map((text) => append("/contested", "0", text.repeat(1000))),
    );
    expect(responses.map((response) => response.status).sort()).toEqual([200, 409, 409]);
    const read = await rig.ask({ method: "GET", path: "/contested" });
    expect(read.text).toMatch(/^(a{1000}|b{1000}|c{1000})$/);
  });

  test("a normal object cannot be appended to, and a PUT makes an appendable one normal", async () => {
    await rig.ask({ method: "PUT", path: "/normal", body: "x" });
    const response = await append("/normal", "1", "y");
    expect([response.status, response.code]).toEqual([409, "ObjectNotAppendable"]);
    await append("/becomes", "0", "x");
    await rig.ask({ method: "PUT", path: "/becomes", body: "y" });
    expect((await append("/becomes", "1", "z")).code).toBe("ObjectNotAppendable");
  });

  test("checks position, length, digest and storage class", async () => {
    for (const position of ["", "-1", "x", "1.5"])
      expect((await append("/bad", position, "x")).code).toBe("InvalidArgument");
    const chunked = await rig.ask({
      method: "POST",
      path: "/bad",
      query: { append: "", position: "0" },
      body: "xyz",
      chunked: true,
    });
    expect([chunked.status, chunked.code]).toEqual([411, "MissingContentLength"]);
    expect((await append("/bad", "0", "x", { "content-md5": md5("y", "base64") })).code).toBe("BadDigest");
    const tiered = await append("/bad", "0", "x", { "x-cos-storage-class": "INTELLIGENT_TIERING" });
    expect(tiered.code).toBe("InvalidArgument");
    expect((await rig.ask({ method: "HEAD", path: "/bad" })).status).toBe(404);
  });

  test("checks the storage class of the first append only", async () => {
    await append("/class", "0", "x", { "x-cos-storage-class": "STANDARD_IA" });
    for (const [position, name] of ["STANDARD", "INTELLIGENT_TIERING", "NO_SUCH_CLASS"].entries()) {
      const later = await append("/class", String(position + 1), "y", { "x-cos-storage-class": name });
      expect([name, later.status]).toEqual([name, 200]);
    }
    const head = await rig.ask({ method: "HEAD", path: "/class" });
    expect(head.headers).toMatchObject({ "x-cos-storage-class": "STANDARD_IA", "content-length": "4" });
  });
});

describe("an append in a bucket with versioning", () => {
  let versioned: Rig;
  beforeEach(async () => {
    versioned = await startRig();
  });
  afterEach(() => versioned.stop());
  const grow = (path: string, position: number) =>
    versioned.ask({ method: "POST", path, query: { append: "", position: String(position) }, body: "new" });

  test("does not replace the null version that a deletion has kept", async () => {
    await versioned.ask({ method: "PUT", path: "/k", body: "original" });
    await setVersioning(versioned, "Enabled");
    await erase(versioned, "/k");
    const refused = await grow("/k", 0);
    expect([refused.status, refused.code]).toEqual([409, "ObjectNotAppendable"]);
    expect((await get(versioned, "/k", "null")).text).toBe("original");
    expect((await get(versioned, "/k")).code).toBe("NoSuchKey");
  });

  test("nor one that was made by appends", async () => {
    await setVersioning(versioned, "Enabled");
    await grow("/k", 0);
    expect((await grow("/k", 3)).status).toBe(200);
    await erase(versioned, "/k");
    expect((await grow("/k", 0)).code).toBe("ObjectNotAppendable");
    expect((await get(versioned, "/k", "null")).text).toBe("newnew");
  });

  test("makes an object beside older versions, and replaces the null version where versioning is suspended", async () => {
    await setVersioning(versioned, "Enabled");
    const first = await putVersion(versioned, "/k", "first");
    await erase(versioned, "/k");
    expect((await grow("/k", 0)).status).toBe(200);
    await setVersioning(versioned, "Suspended");
    await erase(versioned, "/k");
    expect((await grow("/k", 0)).status).toBe(200);
    expect((await get(versioned, "/k")).text).toBe("new");
    expect((await get(versioned, "/k", first)).text).toBe("first");
  });
});
