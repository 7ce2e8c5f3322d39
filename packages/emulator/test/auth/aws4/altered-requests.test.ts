import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchangeS3, type S3Ask, type S3SignOptions, signS3 } from "../../aws4-requests.ts";
import { BUCKET, HOST, type Rig, startRig, type TestResponse } from "../../rig.ts";

const OTHER = "other-1250000000";
const SECRET = `${OTHER}.cos.ap-guangzhou.myqcloud.com`;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ buckets: [BUCKET, OTHER] });
  await rig.ask({ method: "PUT", path: "/secret", host: SECRET, body: "top secret" });
  await rig.ask({ method: "PUT", path: "/source", body: "source" });
});
afterAll(() => rig.stop());

/** Sends a request in another way than it was signed. */
function send(ask: S3Ask, change: (target: string) => string = (target) => target): Promise<TestResponse> {
  const signed = signS3(ask, rig.nowMs);
  return exchangeS3(rig.port, ask, { ...signed, target: change(signed.target) });
}

const FORMS: readonly [name: string, sign: S3SignOptions][] = [
  ["in the header", {}],
  ["in the query", { expires: 60 }],
];

describe.each(FORMS)("a signature %s", (_, sign) => {
  const put: S3Ask = { method: "PUT", path: "/target", body: "body", sign };

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["a copy source", {}, { "x-cos-copy-source": `${SECRET}/secret` }],
    [
      "a copy source beside a signed one",
      { "x-amz-copy-source": `/${BUCKET}/source` },
      { "x-cos-copy-source": `${SECRET}/secret` },
    ],
    ["an ACL", {}, { "x-cos-acl": "public-read" }],
    ["an ACL beside a signed one", { "x-amz-acl": "private" }, { "x-cos-acl": "public-read" }],
    ["a grant", {}, { "x-cos-grant-read": 'id="1"' }],
    ["metadata", {}, { "x-cos-meta-owner": "somebody" }],
    ["a header that only COS has", {}, { "x-cos-traffic-limit": "819200" }],
    ["a header in capitals", {}, { "X-COS-ACL": "public-read" }],
  ])("does not let others add %s with COS's name", async (_name, headers, unsigned) => {
    const response = await send({ ...put, headers, unsigned });
    expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
    const [name = ""] = Object.keys(unsigned);
    expect(response.text).toContain(`<HeadersNotSigned>${name.toLowerCase()}</HeadersNotSigned>`);
    expect((await rig.ask({ method: "GET", path: "/target" })).code).toBe("NoSuchKey");
  });

  test("allows COS's names when they are signed", async () => {
    const headers = { "x-cos-meta-owner": "me", "x-cos-acl": "private" };
    expect((await send({ ...put, path: "/own", headers })).status).toBe(200);
    expect((await rig.ask({ method: "HEAD", path: "/own" })).headers["x-cos-meta-owner"]).toBe("me");
  });

  test("is valid for its bucket only", async () => {
    const host = `127.0.0.1:${rig.port}`;
    const path = `/${BUCKET}/place`;
    expect((await send({ ...put, path, host })).status).toBe(200);
    for (const other of [`/${OTHER}${path}`, `/${OTHER}/place`]) {
      const response = await send({ ...put, path, host }, (target) => target.replace(path, other));
      expect([other, response.code]).toEqual([other, "SignatureDoesNotMatch"]);
    }
    const withoutBucket = await send({ ...put, path: "/place", host }, (target) => `/${BUCKET}${target}`);
    expect(withoutBucket.code).toBe("SignatureDoesNotMatch");
  });

  test("is refused with a parameter that comes twice", async () => {
    const list: S3Ask = { method: "GET", path: "/", query: { prefix: "a" }, sign };
    expect((await send(list)).status).toBe(200);
    for (const added of ["prefix=b", "Prefix=a"]) {
      const response = await send(list, (target) => target.replace("?", `?${added}&`));
      expect([added, response.code]).toEqual([added, "InvalidArgument"]);
    }
  });

  test("covers sub-resources and versions, in their spelling", async () => {
    const tagging: S3Ask = { method: "DELETE", path: "/source", query: { tagging: "" }, sign };
    for (const change of ["?", "?TAGGING=&"]) {
      const response = await send(tagging, (target) => target.replace(/\?tagging=&?/, change));
      expect([change, response.code]).toEqual([change, "SignatureDoesNotMatch"]);
    }
    expect((await rig.ask({ method: "GET", path: "/source", host: HOST })).text).toBe("source");
  });
});
