import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Aws2Ask, signAws2 } from "../../aws2-requests.ts";
import { exchangeS3 } from "../../aws4-requests.ts";
import { BUCKET, KEYS, type Rig, startRig, type TestResponse } from "../../rig.ts";

const OTHER = "other-1250000000";
const TEMPORARY = { secretId: "AKIDtemporary", secretKey: "temporary-secret", token: "token" };
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ buckets: [BUCKET, OTHER], credentials: [KEYS, TEMPORARY] });
  await rig.ask({ method: "PUT", path: "/x", body: "content" });
});
afterAll(() => rig.stop());

interface Change {
  /** Added to the query. */
  readonly query?: string;
  /** Added to the headers. */
  readonly headers?: Record<string, string>;
  readonly target?: (text: string) => string;
}

/** Sends a request in another way than it was signed. */
function send(ask: Aws2Ask, change: Change = {}): Promise<TestResponse> {
  const { query, headers = {}, target = (text: string) => text } = change;
  const signed = signAws2(ask, rig.nowMs);
  const added = query === undefined ? "" : `${signed.target.includes("?") ? "&" : "?"}${query}`;
  return exchangeS3(rig.port, ask, {
    target: target(signed.target) + added,
    headers: { ...signed.headers, ...headers },
    chain: { key: Buffer.alloc(0), timestamp: "", scope: "", seed: "" },
  });
}

const FORMS: readonly [string, Partial<Aws2Ask>][] = [
  ["in the header", {}],
  ["in the query", { expires: 60 }],
];

describe.each(FORMS)("a signature of version 2 %s", (_, form) => {
  const put: Aws2Ask = { method: "PUT", path: "/target", body: "body", ...form };
  const nothingStored = async () =>
    expect((await rig.ask({ method: "GET", path: "/target" })).code).toBe("NoSuchKey");

  test.each([
    { "x-cos-copy-source": `${BUCKET}.cos.ap-guangzhou.myqcloud.com/x` },
    { "x-cos-acl": "public-read" },
  ])("does not let others add COS's header %j", async (headers) => {
    const response = await send(put, { headers });
    expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
    expect(response.text).toContain("HeadersNotSigned");
    await nothingStored();
  });

  test.each(["x-amz-acl=public-read", `X-Amz-Copy-Source=/${BUCKET}/x`, "acl", "ACL", "Tagging=", "append"])(
    "does not let others add the parameter %s",
    async (query) => {
      expect((await send(put, { query })).code).toBe("SignatureDoesNotMatch");
      await nothingStored();
    },
  );

  test("covers sub-resources in their spelling, and the values byte for byte", async () => {
    const tagging: Aws2Ask = { method: "DELETE", path: "/x", query: { tagging: "" }, ...form };
    for (const change of ["?", "?TAGGING=&"]) {
      const response = await send(tagging, { target: (text) => text.replace(/\?tagging=&?/, change) });
      expect([change, response.code]).toEqual([change, "SignatureDoesNotMatch"]);
    }
    // The low byte of \u0161 is that of the letter a.
    const read: Aws2Ask = { method: "GET", path: "/x", query: { "response-content-type": "a/b" }, ...form };
    const altered = await send(read, { target: (text) => text.replace("=a%2F", "=%C5%A1%2F") });
    expect(altered.code).toBe("SignatureDoesNotMatch");
    expect((await send(read)).text).toBe("content");
  });

  test("covers two parameters as two", async () => {
    const type = "response-content-type";
    const read: Aws2Ask = { method: "GET", path: "/x", query: { [type]: "a/b", versionId: "null" }, ...form };
    expect((await send(read)).text).toBe("content");
    const merged = (text: string): string => text.replace("&versionId=null", "%26versionId%3Dnull");
    expect((await send(read, { target: merged })).code).toBe("AccessDenied");
    const apart: Aws2Ask = { ...read, query: { "response-content-disposition": "attachment; filename=a&b" } };
    expect((await send(apart)).text).toBe("content");
  });

  test("is valid for its bucket only", async () => {
    const host = `127.0.0.1:${rig.port}`;
    const path = `/${BUCKET}/place`;
    expect((await send({ ...put, path, host })).status).toBe(200);
    const response = await send(
      { ...put, path, host },
      { target: (text) => text.replace(path, `/${OTHER}${path}`) },
    );
    expect(response.code).toBe("SignatureDoesNotMatch");
  });
});

test("a URL may carry headers as parameters, which are signed as headers", async () => {
  const headers = { "x-amz-meta-a": "1" };
  const signed = signAws2({ method: "PUT", path: "/hoisted", headers, expires: 60 }, rig.nowMs);
  const chain = { key: Buffer.alloc(0), timestamp: "", scope: "", seed: "" };
  const send = (parameter: string) => {
    const target = `${signed.target}&x-amz-meta-a=${parameter}`;
    const ask = { method: "PUT", path: "/hoisted", body: "x" };
    return exchangeS3(rig.port, ask, { target, headers: { host: signed.headers.host ?? "" }, chain });
  };
  expect((await send("2")).code).toBe("SignatureDoesNotMatch");
  expect((await send("1")).status).toBe(200);
  expect((await rig.ask({ method: "HEAD", path: "/hoisted" })).headers["x-cos-meta-a"]).toBe("1");
});

test("a parameter that stands for two headers is refused", async () => {
  const headers = { "x-amz-acl": "private", "x-amz-meta-a": "1" };
  const signed = signAws2({ method: "PUT", path: "/two", headers, expires: 60 }, rig.nowMs);
  const chain = { key: Buffer.alloc(0), timestamp: "", scope: "", seed: "" };
  const target = `${signed.target}&x-amz-acl%3Aprivate%0Ax-amz-meta-a=1`;
  const ask = { method: "PUT", path: "/two", body: "x" };
  const response = await exchangeS3(rig.port, ask, {
    target,
    headers: { host: signed.headers.host ?? "" },
    chain,
  });
  expect([response.status, response.code]).toEqual([400, "InvalidArgument"]);
});

test("the token of a URL may be signed or not", async () => {
  const { secretId, secretKey, token } = TEMPORARY;
  const ask: Aws2Ask = { method: "GET", path: "/x", secretId, secretKey, expires: 60 };
  expect((await send(ask, { query: `x-amz-security-token=${token}` })).text).toBe("content");
  const signed = signAws2({ ...ask, headers: { "x-amz-security-token": token } }, rig.nowMs);
  const response = await exchangeS3(
    rig.port,
    { method: "GET", path: "/x" },
    {
      target: `${signed.target}&x-amz-security-token=${token}`,
      headers: { host: signed.headers.host ?? "" },
      chain: { key: Buffer.alloc(0), timestamp: "", scope: "", seed: "" },
    },
  );
  expect(response.text).toBe("content");
  expect((await send(ask, { query: "x-amz-security-token=other" })).code).toBe("AccessDenied");
});
