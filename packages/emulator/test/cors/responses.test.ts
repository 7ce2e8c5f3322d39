import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, type Rig, startRig } from "../rig.ts";

const PAGE = "https://page.test";
const RULE = `<CORSRule><AllowedOrigin>${PAGE}</AllowedOrigin><AllowedMethod>GET</AllowedMethod>
  <AllowedMethod>PUT</AllowedMethod><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule>`;

const configure = (rig: Rig, more = "") =>
  rig.ask({
    method: "PUT",
    path: "/",
    query: { cors: "" },
    body: `<CORSConfiguration>${RULE}${more}</CORSConfiguration>`,
  });
const from = (rig: Rig, origin: string, ask: Ask) => rig.ask({ ...ask, headers: { ...ask.headers, origin } });

describe("a response to a cross-origin request", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
    await configure(rig);
    await rig.ask({ method: "PUT", path: "/a", body: "x" });
  });
  afterAll(() => rig.stop());

  test("lets the page read it if a rule allows origin and method", async () => {
    const allowed = {
      "access-control-allow-credentials": "true",
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": "GET,PUT",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "5",
    };
    expect((await from(rig, PAGE, { method: "GET", path: "/a" })).headers).toMatchObject(allowed);
    expect((await from(rig, PAGE, { method: "PUT", path: "/b", body: "x" })).headers).toMatchObject(allowed);
  });

  test("lets it read refusals too", async () => {
    const absent = await from(rig, PAGE, { method: "GET", path: "/absent" });
    expect([absent.code, absent.headers["access-control-allow-origin"]]).toEqual(["NoSuchKey", PAGE]);
    const unsigned = await from(rig, PAGE, { method: "GET", path: "/a", sign: false });
    expect([unsigned.code, unsigned.headers["access-control-allow-origin"]]).toEqual(["AccessDenied", PAGE]);
    const broken = await from(rig, PAGE, {
      method: "PUT",
      path: "/c",
      body: "x",
      headers: { "x-cos-acl": "no" },
    });
    expect([broken.code, broken.headers["access-control-allow-origin"]]).toEqual(["InvalidArgument", PAGE]);
  });

  test("is hidden from other pages, and the request is carried out nevertheless", async () => {
    const other = await from(rig, "https://other.test", { method: "PUT", path: "/other", body: "x" });
    expect(other.status).toBe(200);
    expect(Object.keys(other.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    const method = await from(rig, PAGE, { method: "HEAD", path: "/a" });
    expect(method.headers["access-control-allow-origin"]).toBeUndefined();
    expect(
      (await rig.ask({ method: "GET", path: "/a" })).headers["access-control-allow-origin"],
    ).toBeUndefined();
  });

  test("follows the rules from before the request, also when it changes them", async () => {
    const remove = await from(rig, PAGE, { method: "DELETE", path: "/", query: { cors: "" } });
    // The rules allow no DELETE.
    expect([remove.status, remove.headers["access-control-allow-origin"]]).toEqual([204, undefined]);
    const body = `<CORSConfiguration>${RULE}</CORSConfiguration>`;
    const first = await from(rig, PAGE, { method: "PUT", path: "/", query: { cors: "" }, body });
    expect([first.status, first.headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    const other = body.replace(PAGE, "https://other.test");
    const last = await from(rig, PAGE, { method: "PUT", path: "/", query: { cors: "" }, body: other });
    expect([last.status, last.headers["access-control-allow-origin"]]).toEqual([200, PAGE]);
    await configure(rig);
  });

  test("has Vary: Origin only if ResponseVary is true", async () => {
    expect((await from(rig, PAGE, { method: "GET", path: "/a" })).headers.vary).toBeUndefined();
    await configure(rig, "<ResponseVary>true</ResponseVary>");
    for (const origin of [PAGE, "https://other.test"]) {
      expect((await from(rig, origin, { method: "GET", path: "/a" })).headers.vary).toBe("Origin");
    }
    const preflight = await rig.ask({
      method: "OPTIONS",
      path: "/a",
      sign: false,
      headers: { origin: PAGE, "access-control-request-method": "GET" },
    });
    expect(preflight.headers.vary).toBe("Origin");
  });
});

describe("the option cors", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ cors: true });
  });
  afterAll(() => rig.stop());

  const preflight = (path: string, method: string, host?: string) =>
    rig.ask({
      method: "OPTIONS",
      path,
      sign: false,
      ...(host !== undefined && { host }),
      headers: {
        origin: PAGE,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,x-cos-meta-a",
      },
    });

  test("allows every origin, method and header", async () => {
    for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]) {
      const response = await preflight("/a", method);
      expect(response.status).toBe(200);
      expect(response.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-allow-headers": "authorization,x-cos-meta-a",
      });
    }
    expect((await preflight("/", "PUT", "new-1250000000.cos.ap-guangzhou.myqcloud.com")).status).toBe(200);
    expect((await preflight("/", "GET", "service.cos.myqcloud.com")).status).toBe(200);
  });

  test("exposes every header of a response, and no response without an Origin changes", async () => {
    const headers = { "x-cos-meta-a": "1" };
    await rig.ask({ method: "PUT", path: "/a", body: "hello", headers });
    const read = await from(rig, PAGE, { method: "GET", path: "/a" });
    const exposed = (read.headers["access-control-expose-headers"] ?? "").toLowerCase().split(",");
    expect(exposed).toEqual(
      expect.arrayContaining([
        "etag",
        "content-length",
        "content-range",
        "content-type",
        "date",
        "last-modified",
        "x-cos-hash-crc64ecma",
        "x-cos-meta-a",
        "x-cos-request-id",
      ]),
    );
    expect(read.headers["access-control-allow-origin"]).toBe("*");
    const plain = await rig.ask({ method: "GET", path: "/a" });
    expect(plain.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("does not add to a bucket's own configuration", async () => {
    await configure(rig);
    expect((await preflight("/a", "DELETE")).code).toBe("AccessForbidden");
    await rig.ask({ method: "DELETE", path: "/", query: { cors: "" } });
    expect((await preflight("/a", "DELETE")).status).toBe(200);
  });

  test("opens the control API to no page", async () => {
    await rig.restart({ faults: true });
    const response = await rig.ask({
      method: "GET",
      path: "/_cosup/faults/run",
      host: `127.0.0.1:${rig.port}`,
      sign: false,
      headers: { origin: PAGE },
    });
    expect(response.status).toBe(403);
    expect(response.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
