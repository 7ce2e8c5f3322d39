import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorCredentials, Policy, PolicyStatement } from "../../src/index.ts";
import { type Ask, BUCKET, HOST, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";

const REGION = "qcs::cos:ap-guangzhou:uid/1250000000";
const ALL = `${REGION}:${BUCKET}/*`;
const allow = (action: string | string[], resource: string | string[], condition?: object): PolicyStatement =>
  ({ effect: "allow", action, resource, ...(condition && { condition }) }) as PolicyStatement;
const deny = (...from: Parameters<typeof allow>): PolicyStatement => ({ ...allow(...from), effect: "deny" });

let rig: Rig;
const credentials: EmulatorCredentials[] = [{ secretId: "AKIDtest", secretKey: "secret-of-test" }];
beforeAll(async () => {
  rig = await startRig({ credentials, buckets: [BUCKET, "other-1250000000"] });
  for (const path of ["/doc/a", "/doc/b", "/secret/a"]) await rig.ask({ method: "PUT", path, body: "x" });
});
afterAll(() => rig.stop());

/** Sends a request with a temporary key that has this policy. Returns its code, or its status without one. */
async function ask(statement: PolicyStatement[], what: Ask): Promise<string | number> {
  const policy: Policy = { version: "2.0", statement };
  credentials[1] = { secretId: "AKIDtmp", secretKey: "tmp", token: "token", policy };
  const headers = { "x-cos-security-token": "token", ...what.headers };
  const response = await rig.ask({ ...what, headers, sign: { secretId: "AKIDtmp", secretKey: "tmp" } });
  return response.code ?? response.status;
}
const put = (path: string, headers: Record<string, string> = {}): Ask => ({
  method: "PUT",
  path,
  body: "x",
  headers,
});
const get = (path: string, query: Record<string, string> = {}): Ask => ({ method: "GET", path, query });

describe("statements", () => {
  test("what no statement allows is AccessDenied", async () => {
    const upload = [allow("name/cos:PutObject", `${REGION}:${BUCKET}/doc/*`)];
    expect(await ask(upload, put("/doc/new"))).toBe(200);
    expect(await ask(upload, put("/other/new"))).toBe("AccessDenied");
    expect(await ask(upload, put("/doc"))).toBe("AccessDenied");
    expect(await ask(upload, get("/doc/a"))).toBe("AccessDenied");
    expect(await ask(upload, { ...get("/"), host: HOST.replace(BUCKET, "other-1250000000") })).toBe(
      "AccessDenied",
    );
    expect((await rig.ask(put("/other/new"))).status).toBe(200);
  });

  test("a deny wins, in any order", async () => {
    const statements = [allow("name/cos:*", "*"), deny("name/cos:GetObject", `${REGION}:${BUCKET}/secret/*`)];
    for (const both of [statements, [...statements].reverse()]) {
      expect(await ask(both, get("/doc/a"))).toBe(200);
      expect(await ask(both, get("/secret/a"))).toBe("AccessDenied");
      expect(await ask(both, { method: "HEAD", path: "/secret/a" })).toBe(200);
    }
  });

  test("actions have wildcards and an exact case", async () => {
    for (const action of [
      "*",
      "name/cos:*",
      "cos:GetObject",
      "name/cos:Get*",
      ["ci:X", "name/cos:GetObject"],
    ]) {
      expect([action, await ask([allow(action, "*")], get("/doc/a"))]).toEqual([action, 200]);
    }
    for (const action of ["name/cos:getobject", "name/cos:PutObject", "ci:*", "name/cos:GetObjectACL"]) {
      expect([action, await ask([allow(action, "*")], get("/doc/a"))]).toEqual([action, "AccessDenied"]);
    }
  });

  test("resources name region, account, bucket and key", async () => {
    const covered = [
      "*",
      "qcs::cos:::*",
      ALL,
      `qcs::cos::uid/1250000000:${BUCKET}/doc/a`,
      `qcs::cos:*:uid/*:${BUCKET}/doc*`,
      `qcs::cos:ap-guangzhou:uid/1250000000:*`,
      `${REGION}:prefix//1250000000/test/doc/*`,
      ["qcs::cos:ap-beijing:uid/1:x-1/*", ALL],
    ];
    for (const one of covered) {
      expect([one, await ask([allow("*", one)], get("/doc/a"))]).toEqual([one, 200]);
    }
    const others = [
      `qcs::cos:ap-beijing:uid/1250000000:${BUCKET}/*`,
      `qcs::cos:ap-guangzhou:uid/1250000001:${BUCKET}/*`,
      `${REGION}:other-1250000000/*`,
      `${REGION}:${BUCKET}`,
      `${REGION}:${BUCKET}/doc/a/*`,
      `${REGION}:${BUCKET}/doc.a`,
      `${REGION}:prefix//1250000000/test/secret/*`,
    ];
    for (const one of others) {
      expect([one, await ask([allow("*", one)], get("/doc/a"))]).toEqual([one, "AccessDenied"]);
    }
  });
});

describe("operations", () => {
  test("have COS's names", async () => {
    const rows: [string, Ask][] = [
      ["GetBucket", get("/")],
      ["GetBucketACL", get("/", { acl: "" })],
      ["GetBucketObjectVersions", get("/", { versions: "" })],
      ["HeadBucket", { method: "HEAD", path: "/" }],
      ["ListMultipartUploads", get("/", { uploads: "" })],
      ["InitiateMultipartUpload", { method: "POST", path: "/doc/m", query: { uploads: "" } }],
      ["PutObjectACL", { ...put("/doc/a", { "x-cos-acl": "private" }), query: { acl: "" } }],
      ["GetObjectTagging", get("/doc/a", { tagging: "" })],
      ["DeleteObject", { method: "DELETE", path: "/doc/none" }],
      ["AppendObject", { method: "POST", path: "/doc/l", query: { append: "", position: "9" }, body: "x" }],
    ];
    for (const [action, what] of rows) {
      expect([action, await ask([allow(`name/cos:${action}`, ALL)], what)]).not.toContain("AccessDenied");
      const everythingElse = [allow("*", "*"), deny(`name/cos:${action}`, ALL)];
      const refused = await ask(everythingElse, what);
      expect([action, refused]).toEqual([action, what.method === "HEAD" ? 403 : "AccessDenied"]);
    }
    const service = { ...get("/"), host: "service.cos.myqcloud.com" };
    expect(await ask([allow("name/cos:GetService", "*")], service)).toBe(200);
    expect(await ask([allow("name/cos:GetBucket", "*")], service)).toBe("AccessDenied");
  });

  test("a listing needs the bucket, or what begins with its prefix", async () => {
    const list = [allow(["name/cos:GetBucket"], `${REGION}:${BUCKET}/doc/*`)];
    expect(await ask(list, get("/", { prefix: "doc/" }))).toBe(200);
    expect(await ask(list, get("/", { prefix: "doc" }))).toBe("AccessDenied");
    expect(await ask(list, get("/"))).toBe("AccessDenied");
    const all = [allow(["name/cos:GetBucket"], `${REGION}:${BUCKET}/`)];
    expect(await ask(all, get("/", { prefix: "doc/" }))).toBe(200);
  });

  test("a copy reads its source", async () => {
    const copy = (from: string) => put("/doc/copy", { "x-cos-copy-source": `${HOST}/${from}` });
    const write = allow("name/cos:PutObject", `${REGION}:${BUCKET}/doc/*`);
    const read = allow("name/cos:GetObject", `${REGION}:${BUCKET}/doc/*`);
    expect(await ask([write, read], copy("doc/a"))).toBe(200);
    expect(await ask([write, read], copy("secret/a"))).toBe("AccessDenied");
    expect(await ask([write], copy("doc/a"))).toBe("AccessDenied");
  });

  test("a deletion of several keys refuses each key for itself", async () => {
    await rig.ask(put("/doc/gone"));
    const body = "<Delete><Object><Key>doc/gone</Key></Object><Object><Key>secret/a</Key></Object></Delete>";
    credentials[1] = {
      secretId: "AKIDtmp",
      secretKey: "tmp",
      policy: { version: "2.0", statement: allow("name/cos:DeleteObject", `${REGION}:${BUCKET}/doc/*`) },
    };
    const response = await rig.ask({
      method: "POST",
      path: "/",
      query: { delete: "" },
      body,
      headers: { "content-md5": md5(body, "base64") },
      sign: { secretId: "AKIDtmp", secretKey: "tmp" },
    });
    expect([response.status, textsIn(response.text, "Key")]).toEqual([200, ["doc/gone", "secret/a"]]);
    expect(textIn(response.text.slice(response.text.indexOf("<Error>")), "Code")).toBe("AccessDenied");
    expect((await rig.ask(get("/doc/gone"))).code).toBe("NoSuchKey");
    expect((await rig.ask(get("/secret/a"))).status).toBe(200);
  });
});

describe("conditions", () => {
  const under = async (condition: object, what: Ask) =>
    (await ask([allow("*", "*", condition)], what)) !== "AccessDenied";

  test.each<[string, object, Ask, Ask]>([
    [
      "a size",
      { numeric_less_than_equal: { "cos:content-length": 1 } },
      put("/c"),
      { ...put("/c"), body: "xy" },
    ],
    [
      "a least size",
      { numeric_greater_than: { "cos:content-length": "1" } },
      { ...put("/c"), body: "xy" },
      put("/c"),
    ],
    [
      "a type",
      { string_like: { "cos:content-type": "image/*" } },
      put("/c", { "content-type": "image/png" }),
      put("/c", { "content-type": "text/html" }),
    ],
    [
      "one of two types",
      { string_equal: { "cos:content-type": ["a/b", "c/d"] } },
      put("/c", { "content-type": "c/d" }),
      put("/c", { "content-type": "C/D" }),
    ],
    [
      "none of two ACLs",
      { string_not_equal: { "cos:x-cos-acl": ["public-read", "public-read-write"] } },
      put("/c", { "x-cos-acl": "private" }),
      put("/c", { "x-cos-acl": "public-read-write" }),
    ],
    [
      "no overwriting",
      { string_equal: { "cos:x-cos-forbid-overwrite": "true" } },
      put("/c-once", { "x-cos-forbid-overwrite": "true" }),
      put("/c"),
    ],
    [
      "a storage class",
      { string_equal: { "cos:x-cos-storage-class": "STANDARD_IA" } },
      put("/c", { "x-cos-storage-class": "STANDARD_IA" }),
      put("/c"),
    ],
    [
      "a prefix, encoded",
      { string_equal: { "cos:prefix": "doc%2F" } },
      get("/", { prefix: "doc/" }),
      get("/", { prefix: "doc" }),
    ],
    [
      "this address",
      { ip_equal: { "qcs:ip": ["10.0.0.0/8", "127.0.0.1"] } },
      get("/doc/a"),
      get("/none", { versionId: "" }),
    ],
    [
      "no TLS",
      { bool_equal: { "cos:secure-transport": false } },
      get("/doc/a"),
      get("/none", { versionId: "" }),
    ],
    [
      "a host",
      { string_like: { "cos:host": "test-*" } },
      get("/doc/a"),
      { ...get("/"), host: "service.cos.myqcloud.com" },
    ],
    [
      "two conditions",
      { string_equal: { "cos:content-type": "a/b" }, numeric_equal: { "cos:content-length": 1 } },
      put("/c", { "content-type": "a/b" }),
      { ...put("/c", { "content-type": "a/b" }), body: "xy" },
    ],
  ])("%s", async (name, condition, met, unmet) => {
    expect(await under(condition, met)).toBe(true);
    if (name !== "this address" && name !== "no TLS") expect(await under(condition, unmet)).toBe(false);
  });

  test("ranges of addresses, and TLS", async () => {
    expect(await under({ ip_equal: { "qcs:ip": "127.0.0.0/30" } }, get("/doc/a"))).toBe(true);
    expect(await under({ ip_equal: { "qcs:ip": "10.0.0.0/8" } }, get("/doc/a"))).toBe(false);
    expect(await under({ ip_not_equal: { "qcs:ip": "10.0.0.0/8" } }, get("/doc/a"))).toBe(true);
    expect(await under({ ip_equal: { "qcs:ip": "::1" } }, get("/doc/a"))).toBe(false);
    expect(await under({ bool_equal: { "cos:secure-transport": "true" } }, get("/doc/a"))).toBe(false);
    expect(await under({ numeric_equal: { "cos:tls-version": 1.2 } }, get("/doc/a"))).toBe(false);
  });

  test("_if_exist holds without the value; the others do not, also the negated ones", async () => {
    const without = put("/c");
    expect(await under({ string_equal_if_exist: { "cos:content-type": "a/b" } }, without)).toBe(true);
    expect(await under({ string_equal: { "cos:content-type": "a/b" } }, without)).toBe(false);
    expect(await under({ string_not_equal: { "cos:content-type": "a/b" } }, without)).toBe(false);
    expect(await under({ string_not_equal_if_exist: { "cos:content-type": "a/b" } }, without)).toBe(true);
    const other = put("/c", { "content-type": "c/d" });
    expect(await under({ string_equal_if_exist: { "cos:content-type": "a/b" } }, other)).toBe(false);
    const latest = { string_equal_if_exist: { "cos:versionid": "" } };
    expect(await under(latest, get("/doc/a"))).toBe(true);
    expect(await under(latest, get("/doc/a", { versionId: "" }))).toBe(true);
    expect(await under(latest, get("/doc/a", { versionId: "null" }))).toBe(false);
  });

  test("of a deny", async () => {
    const statements = [
      allow("*", "*"),
      deny("name/cos:PutObject", "*", { numeric_greater_than_if_exist: { "cos:content-length": 1 } }),
    ];
    expect(await ask(statements, put("/c"))).toBe(200);
    expect(await ask(statements, { ...put("/c"), body: "xy" })).toBe("AccessDenied");
  });
});
