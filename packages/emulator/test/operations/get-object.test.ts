import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../rig.ts";

let rig: Rig;
const LAST_MODIFIED = new Date(20_000 * 86_400_000).toUTCString();
const EARLIER = new Date(19_999 * 86_400_000).toUTCString();
const ETAG = '"e80b5017098950fc58aad83c8c14978e"';

beforeAll(async () => {
  rig = await startRig();
  const headers = { "content-type": "text/plain", "x-cos-meta-n": "1" };
  await rig.ask({ method: "PUT", path: "/letters", body: "abcdef", headers });
});
afterAll(() => rig.stop());

const get = (headers: Record<string, string> = {}, query?: Record<string, string>) =>
  rig.ask({ method: "GET", path: "/letters", headers, ...(query && { query }) });

describe("HEAD and GET Object", () => {
  test("HEAD returns the headers, GET the headers and the bytes", async () => {
    const described = {
      "content-length": "6",
      "content-type": "text/plain",
      etag: ETAG,
      "last-modified": LAST_MODIFIED,
      "x-cos-object-type": "normal",
      "x-cos-meta-n": "1",
      "accept-ranges": "bytes",
    };
    const head = await rig.ask({ method: "HEAD", path: "/letters" });
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject(described);
    const read = await get();
    expect([read.status, read.text]).toEqual([200, "abcdef"]);
    expect(read.headers).toMatchObject(described);
    expect(read.headers["x-cos-hash-crc64ecma"]).toBe(head.headers["x-cos-hash-crc64ecma"]);
  });

  test.each([
    ["bytes=1-3", 206, "bcd", "bytes 1-3/6"],
    ["bytes=4-", 206, "ef", "bytes 4-5/6"],
    ["bytes=-2", 206, "ef", "bytes 4-5/6"],
    ["bytes=0-100", 206, "abcdef", "bytes 0-5/6"],
    ["bytes=-100", 206, "abcdef", "bytes 0-5/6"],
    ["bytes=3-1", 200, "abcdef", undefined],
    ["lines=1-2", 200, "abcdef", undefined],
  ])("range %s", async (range, status, text, contentRange) => {
    const response = await get({ range });
    expect([response.status, response.text]).toEqual([status, text]);
    expect(response.headers["content-range"]).toBe(contentRange);
    expect(response.headers["content-length"]).toBe(String(text.length));
  });

  test.each(["bytes=6-", "bytes=100-200", "bytes=-0"])("range %s is outside the object", async (range) => {
    const response = await get({ range });
    expect([response.status, response.code]).toEqual([416, "InvalidRange"]);
  });

  test.each([
    [{ "if-match": ETAG }, 200],
    [{ "if-match": '"other"' }, 412],
    [{ "if-none-match": ETAG }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-modified-since": LAST_MODIFIED }, 304],
    [{ "if-modified-since": EARLIER }, 200],
    [{ "if-unmodified-since": EARLIER }, 412],
    [{ "if-unmodified-since": LAST_MODIFIED }, 200],
    [{ "if-match": ETAG, "if-unmodified-since": EARLIER }, 200],
    [{ "if-none-match": '"other"', "if-modified-since": LAST_MODIFIED }, 200],
  ])("condition %j gets %i", async (headers, status) => {
    const response = await get(headers as unknown as Record<string, string>);
    expect(response.status).toBe(status);
    if (status === 412) expect(response.code).toBe("PreconditionFailed");
    if (status === 304) expect([response.bytes.length, response.headers.etag]).toEqual([0, ETAG]);
    const head = await rig.ask({
      method: "HEAD",
      path: "/letters",
      headers: headers as unknown as Record<string, string>,
    });
    expect(head.status).toBe(status);
  });

  test("response-* parameters replace headers", async () => {
    const response = await get(
      {},
      {
        "response-content-type": "application/x-other",
        "response-cache-control": "no-store",
        "response-content-disposition": 'attachment; filename="中.txt"',
      },
    );
    expect(response.headers).toMatchObject({
      "content-type": "application/x-other",
      "cache-control": "no-store",
    });
    const disposition = Buffer.from(response.headers["content-disposition"] ?? "", "latin1").toString("utf8");
    expect(disposition).toBe('attachment; filename="中.txt"');
    for (const value of ["a\r\nx: y", "a\u0001", "\u007f"]) {
      expect((await get({}, { "response-cache-control": value })).code).toBe("InvalidArgument");
    }
  });

  test("a missing object: GET has the error document, HEAD only the status", async () => {
    const read = await rig.ask({ method: "GET", path: "/missing" });
    expect([read.status, read.code]).toEqual([404, "NoSuchKey"]);
    expect(read.headers["content-type"]).toBe("application/xml");
    expect(read.text).toMatch(
      /^<\?xml version='1\.0' encoding='utf-8' \?>\n<Error><Code>NoSuchKey<\/Code><Message>/,
    );
    for (const name of ["Resource", "RequestId", "TraceId"]) expect(read.text).toContain(`<${name}>`);
    expect(read.text).toContain(read.headers["x-cos-request-id"]);
    const head = await rig.ask({ method: "HEAD", path: "/missing" });
    expect([head.status, head.bytes.length]).toEqual([404, 0]);
    expect(head.headers["x-cos-request-id"]).toBeTruthy();
  });

  test("a bucket without versioning knows the version null only", async () => {
    expect((await get({}, { versionId: "null" })).status).toBe(200);
    expect((await get({}, { versionId: "MTg0NDUxNTc1" })).code).toBe("NoSuchVersion");
  });

  test("a read in progress survives the deletion of its object", async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, "z");
    await rig.ask({ method: "PUT", path: "/large", body });
    const [read] = await Promise.all([
      rig.ask({ method: "GET", path: "/large" }),
      rig.ask({ method: "DELETE", path: "/large" }),
    ]);
    // In either order, the object is complete or absent.
    expect(read.status === 404 || read.bytes.equals(body)).toBe(true);
    expect((await rig.ask({ method: "HEAD", path: "/large" })).status).toBe(404);
  });

  test("DELETE sends 204 for present and absent objects, with Content-Length: 0 too", async () => {
    await rig.ask({ method: "PUT", path: "/doomed", body: "x" });
    const before = await rig.dataFiles();
    expect(
      (await rig.ask({ method: "DELETE", path: "/doomed", headers: { "content-length": "0" } })).status,
    ).toBe(204);
    expect(await rig.dataFiles()).toHaveLength(before.length - 1);
    expect((await rig.ask({ method: "DELETE", path: "/doomed" })).status).toBe(204);
    const head = await rig.ask({ method: "HEAD", path: "/letters", headers: { "content-length": "0" } });
    expect(head.status).toBe(200);
  });
});
