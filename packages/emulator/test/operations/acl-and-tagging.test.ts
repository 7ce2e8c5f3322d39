import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOST, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

describe("ACL", () => {
  test("comes from the write, and can be changed by headers or a document", async () => {
    const headers = { "x-cos-acl": "private", "x-cos-grant-read": 'id="100000000009"' };
    await rig.ask({ method: "PUT", path: "/acl", body: "x", headers });
    const first = await rig.ask({ method: "GET", path: "/acl", query: { acl: "" } });
    expect(first.headers["x-cos-acl"]).toBe("private");
    expect(textsIn(first.text, "Permission")).toEqual(["FULL_CONTROL", "READ"]);
    expect(first.text).toContain("<ID>100000000009</ID>");

    const change = { method: "PUT", path: "/acl", query: { acl: "" } };
    expect((await rig.ask({ ...change, headers: { "x-cos-acl": "public-read" } })).status).toBe(200);
    const second = await rig.ask({ method: "GET", path: "/acl", query: { acl: "" } });
    expect(second.text).toContain("http://cam.qcloud.com/groups/global/AllUsers");

    expect((await rig.ask({ ...change, body: first.text })).status).toBe(200);
    const third = await rig.ask({ method: "GET", path: "/acl", query: { acl: "" } });
    expect(third.text).toBe(first.text);
    expect((await rig.ask({ ...change, body: "<a/>" })).code).toBe("MalformedXML");
    expect((await rig.ask({ ...change, path: "/none", headers: { "x-cos-acl": "private" } })).code).toBe(
      "NoSuchKey",
    );
  });

  test("a document is the whole list, with or without the owner", async () => {
    await rig.ask({ method: "PUT", path: "/list", body: "x" });
    const acl = { path: "/list", query: { acl: "" } };
    const grant = (id: string, permission: string) =>
      `<Grant><Grantee><ID>${id}</ID></Grantee><Permission>${permission}</Permission></Grant>`;
    for (const grants of [
      [["qcs::cam::uin/10002:uin/10002", "READ"]],
      [["qcs::cam::uin/10002:uin/10002", "FULL_CONTROL"]],
      [
        ["qcs::cam::uin/1250000000:uin/1250000000", "FULL_CONTROL"],
        ["qcs::cam::uin/10002:uin/10002", "WRITE_ACP"],
      ],
    ]) {
      const list = grants.map(([id = "", permission = ""]) => grant(id, permission)).join("");
      const body = `<AccessControlPolicy><AccessControlList>${list}</AccessControlList></AccessControlPolicy>`;
      expect((await rig.ask({ method: "PUT", ...acl, body })).status).toBe(200);
      const { text } = await rig.ask({ method: "GET", ...acl });
      const ids = textsIn(text, "ID").slice(1);
      const permissions = textsIn(text, "Permission");
      expect(ids.map((id, index) => [id, permissions[index]])).toEqual(grants);
    }
  });

  test("of a bucket can be read", async () => {
    const response = await rig.ask({ method: "GET", path: "/", query: { acl: "" } });
    expect([response.status, response.headers["x-cos-acl"]]).toEqual([200, "private"]);
  });

  test("public-read lets anonymous callers read and nothing more", async () => {
    await rig.ask({ method: "PUT", path: "/public", body: "open", headers: { "x-cos-acl": "public-read" } });
    await rig.ask({ method: "PUT", path: "/closed", body: "shut" });
    const anonymous = (method: string, path: string, query?: Record<string, string>) =>
      rig.ask({ method, path, sign: false, ...(query && { query }) });
    expect((await anonymous("GET", "/public")).text).toBe("open");
    expect((await anonymous("HEAD", "/public")).status).toBe(200);
    const override = await anonymous("GET", "/public", { "response-content-type": "text/html" });
    expect([override.status, override.code]).toEqual([400, "InvalidRequest"]);
    for (const [method, path] of [
      ["GET", "/closed"],
      ["GET", "/absent"],
      ["DELETE", "/public"],
      ["PUT", "/public"],
      ["GET", "/"],
    ] as const) {
      const response = await anonymous(method, path);
      expect([method, path, response.status, response.code]).toEqual([method, path, 403, "AccessDenied"]);
    }
    const made = await rig.ask({ method: "PUT", path: "/", host: HOST.replace("test", "new"), sign: false });
    expect(made.code).toBe("AccessDenied");
  });
});

describe("tagging", () => {
  const at = (method: string, body?: string) =>
    rig.ask({ method, path: "/tagged", query: { tagging: "" }, ...(body !== undefined && { body }) });

  test("is stored, read, replaced and removed", async () => {
    await rig.ask({ method: "PUT", path: "/tagged", body: "x", headers: { "x-cos-tagging": "a=1&b=%26" } });
    const first = await at("GET");
    expect([textsIn(first.text, "Key"), textsIn(first.text, "Value")]).toEqual([
      ["a", "b"],
      ["1", "&amp;"],
    ]);
    const set = "<Tagging><TagSet><Tag><Key>c</Key><Value>&lt;3&#33;</Value></Tag></TagSet></Tagging>";
    expect((await at("PUT", set)).status).toBe(200);
    expect(textIn((await at("GET")).text, "Value")).toBe("&lt;3!");
    expect((await rig.ask({ method: "GET", path: "/tagged" })).text).toBe("x");
    expect((await at("DELETE")).status).toBe(204);
    const none = await at("GET");
    expect([none.status, none.code]).toEqual([404, "NoSuchTagSet"]);
  });

  test("enforces its limits", async () => {
    const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
    const put = (tags: string) => at("PUT", `<Tagging><TagSet>${tags}</TagSet></Tagging>`);
    expect((await put(tag("k".repeat(128), "v"))).code).toBe("InvalidTag");
    expect((await put(tag("k", "v".repeat(256)))).code).toBe("InvalidTag");
    expect((await put(tag("k", "1") + tag("k", "2"))).code).toBe("InvalidTag");
    expect((await put("<Tag><Key>k</Key></Tag>")).code).toBe("MalformedXML");
  });
});

describe("POST ?delete", () => {
  const erase = (body: string, headers: Record<string, string> = { "content-md5": md5(body, "base64") }) =>
    rig.ask({ method: "POST", path: "/", query: { delete: "" }, body, headers });

  test("deletes the listed keys; absent keys count as deleted", async () => {
    await rig.ask({ method: "PUT", path: "/d1", body: "x" });
    const response = await erase(
      "<Delete><Object><Key>d1</Key></Object><Object><Key>d2</Key></Object></Delete>",
    );
    expect(textsIn(response.text, "Key")).toEqual(["d1", "d2"]);
    expect((await rig.ask({ method: "HEAD", path: "/d1" })).status).toBe(404);
    const quiet = await erase("<Delete><Quiet>true</Quiet><Object><Key>d1</Key></Object></Delete>");
    expect(textsIn(quiet.text, "Key")).toEqual([]);
  });

  test("needs Content-MD5 and a valid document", async () => {
    const body = "<Delete><Object><Key>d1</Key></Object></Delete>";
    const bare = await erase(body, {});
    expect([bare.status, bare.code]).toEqual([400, "InvalidRequest"]);
    expect((await erase(body, { "content-md5": md5("x", "base64") })).code).toBe("BadDigest");
    for (const wrong of ["<Delete></Delete>", "<Delete><Object></Object></Delete>", "<Delete>"]) {
      expect((await erase(wrong)).code).toBe("MalformedXML");
    }
  });
});
