import { afterEach, beforeEach, expect, test } from "vitest";
import { type Rig, startRig, textsIn } from "../rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const put = (headers: Record<string, string>, body?: string) =>
  rig.ask({ method: "PUT", path: "/", query: { acl: "" }, headers, ...(body !== undefined && { body }) });
const get = () => rig.ask({ method: "GET", path: "/", query: { acl: "" } });
const anonymous = (method: string, path: string, query?: Record<string, string>) =>
  rig.ask({ method, path, sign: false, ...(query && { query }) });

test("a canned ACL, grants and a document replace the ACL, and survive a restart", async () => {
  expect((await put({ "x-cos-acl": "public-read" })).status).toBe(200);
  expect((await get()).headers["x-cos-acl"]).toBe("public-read");

  expect((await put({ "x-cos-grant-write": 'id="100000000009",id="100000000010"' })).status).toBe(200);
  const granted = await get();
  expect(granted.headers["x-cos-acl"]).toBe("private");
  expect(textsIn(granted.text, "Permission")).toEqual(["FULL_CONTROL", "WRITE", "WRITE"]);

  expect((await put({ "x-cos-acl": "public-read-write" })).status).toBe(200);
  const open = await get();
  expect(textsIn(open.text, "Permission")).toEqual(["FULL_CONTROL", "READ", "WRITE"]);
  expect((await put({ "x-cos-acl": "private" })).status).toBe(200);
  expect((await put({}, open.text)).status).toBe(200);
  await rig.restart();
  expect([(await get()).headers["x-cos-acl"], (await get()).text]).toEqual(["public-read-write", open.text]);
});

test("a wrong ACL changes nothing", async () => {
  await put({ "x-cos-acl": "public-read" });
  expect((await put({ "x-cos-acl": "default" })).code).toBe("InvalidArgument");
  expect((await put({ "x-cos-grant-read": "100000000009" })).code).toBe("InvalidArgument");
  expect((await put({}, "<AccessControlPolicy>")).code).toBe("MalformedXML");
  expect((await put({}, "")).code).toBe("MalformedXML");
  expect((await get()).headers["x-cos-acl"]).toBe("public-read");
});

test("public-read lets anonymous callers list and read, and nothing more", async () => {
  await rig.ask({ method: "PUT", path: "/inherits", body: "open" });
  await rig.ask({ method: "PUT", path: "/closed", body: "shut", headers: { "x-cos-acl": "private" } });
  expect((await anonymous("GET", "/")).status).toBe(403);
  await put({ "x-cos-acl": "public-read" });

  expect(textsIn((await anonymous("GET", "/")).text, "Key")).toEqual(["closed", "inherits"]);
  expect((await anonymous("HEAD", "/")).status).toBe(200);
  expect((await anonymous("GET", "/", { uploads: "" })).status).toBe(200);
  expect((await anonymous("GET", "/inherits")).text).toBe("open");
  for (const [method, path, query] of [
    ["GET", "/closed"],
    ["PUT", "/new"],
    ["DELETE", "/inherits"],
    ["DELETE", "/"],
    ["GET", "/", { acl: "" }],
    ["PUT", "/", { acl: "" }],
  ] as const) {
    expect([method, path, (await anonymous(method, path, query)).code]).toEqual([
      method,
      path,
      "AccessDenied",
    ]);
  }
  await put({ "x-cos-acl": "private" });
  expect((await anonymous("GET", "/inherits")).status).toBe(403);
});
