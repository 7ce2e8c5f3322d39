import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchangeS3, type S3Ask, type S3SignOptions, signS3 } from "../../aws4-requests.ts";
import { BUCKET, KEYS, type Rig, startRig, type TestResponse, textIn } from "../../rig.ts";

let rig: Rig;
const TEMPORARY = { secretId: "AKIDtemporary", secretKey: "temporary-secret", token: "tok+en/==" };
const MINUTE = 60_000;

beforeAll(async () => {
  rig = await startRig({ credentials: [KEYS, TEMPORARY, { secretId: "AKID/with/slashes", secretKey: "s" }] });
  await ask({ method: "PUT", path: "/x", body: "content" });
});
afterAll(() => rig.stop());

function ask(request: S3Ask, change: (text: string) => string = (text) => text): Promise<TestResponse> {
  const signed = signS3(request, rig.nowMs);
  const authorization = signed.headers.authorization;
  const headers = { ...signed.headers, ...(authorization && { authorization: change(authorization) }) };
  const target = authorization === undefined ? change(signed.target) : signed.target;
  return exchangeS3(rig.port, request, { ...signed, headers, target });
}
const get = (sign: S3SignOptions = {}, more: Partial<S3Ask> = {}) =>
  ask({ method: "GET", path: "/x", sign, ...more });

describe("a request with AWS4-HMAC-SHA256 is accepted", () => {
  test.each<[string, Partial<S3Ask>]>([
    ["in the header", {}],
    ["with a key id that holds slashes", { sign: { secretId: "AKID/with/slashes", secretKey: "s" } }],
    ["for any region", { sign: { scope: "20241004/us-east-1/s3/aws4_request" } }],
    ["in the query", { sign: { expires: 60 } }],
    ["with a query", { query: { "x-id": "GetObject", "response-content-type": "text/x" } }],
    ["path-style", { host: "127.0.0.1:9000", path: `/${BUCKET}/x` }],
    [
      "14 minutes late",
      { sign: { time: 20_000 * 86_400_000 - 14 * MINUTE, scope: "20241003/r/s3/aws4_request" } },
    ],
    ["with its token", { sign: TEMPORARY, headers: { "x-amz-security-token": TEMPORARY.token } }],
    [
      "with its token in the query",
      { sign: { ...TEMPORARY, expires: 60 }, query: { "X-Amz-Security-Token": TEMPORARY.token } },
    ],
  ])("%s", async (_, more) => {
    const response = await get({}, more);
    expect([response.status, response.text]).toEqual([200, "content"]);
  });

  test.each(["a b+c", "中/ö", "%41", "a=b&c;d", "(a)!'*", "a//b", "..", "a/./b"])(
    "for the key %j",
    async (key) => {
      const path = `/${encodeURIComponent(key)
        .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll("%2F", "/")}`;
      expect((await ask({ method: "PUT", path, body: key })).status).toBe(200);
      expect((await ask({ method: "GET", path })).text).toBe(key);
    },
  );
});

describe("a request with AWS4-HMAC-SHA256 is refused", () => {
  test("with a wrong secret, and gets the strings that the server computed", async () => {
    const response = await get({ secretKey: "wrong" });
    expect([response.status, response.code]).toEqual([403, "SignatureDoesNotMatch"]);
    expect(textIn(response.text, "StringToSign")).toMatch(
      /^AWS4-HMAC-SHA256\n20241004T000000Z\n20241004\/ap-guangzhou\/s3\/aws4_request\n[0-9a-f]{64}$/,
    );
    expect(textIn(response.text, "CanonicalRequest")).toMatch(/^GET\n\/x\n\nhost:.*\nx-amz-content-sha256:/);
    expect(response.text).not.toContain(KEYS.secretKey);
  });

  test("with a presigned URL of another object or method", async () => {
    const path = (text: string) => text.replace("/x?", "/y?");
    expect((await ask({ method: "GET", path: "/x", sign: { expires: 60 } }, path)).code).toBe(
      "SignatureDoesNotMatch",
    );
    const signed = signS3({ method: "GET", path: "/x", sign: { expires: 60 } }, rig.nowMs);
    const response = await exchangeS3(rig.port, { method: "DELETE", path: "/x" }, signed);
    expect(response.code).toBe("SignatureDoesNotMatch");
  });

  test.each<[string, number, string, Partial<S3Ask>]>([
    ["an unknown key", 403, "InvalidAccessKeyId", { sign: { secretId: "AKIDnobody" } }],
    [
      "a service other than s3",
      400,
      "AuthorizationHeaderMalformed",
      { sign: { scope: "20241004/r/ec2/aws4_request" } },
    ],
    [
      "another end of the scope",
      400,
      "AuthorizationHeaderMalformed",
      { sign: { scope: "20241004/r/s3/aws5_request" } },
    ],
    [
      "the date of another day",
      403,
      "SignatureDoesNotMatch",
      { sign: { scope: "20241003/r/s3/aws4_request" } },
    ],
    [
      "a clock that is behind",
      403,
      "RequestTimeTooSkewed",
      { sign: { time: 20_000 * 86_400_000 - 16 * MINUTE } },
    ],
    [
      "a clock that is ahead",
      403,
      "RequestTimeTooSkewed",
      { sign: { time: 20_000 * 86_400_000 + 16 * MINUTE } },
    ],
    [
      "a presigned URL that has expired",
      403,
      "AccessDenied",
      { sign: { time: 20_000 * 86_400_000 - 61_000, expires: 60 } },
    ],
    ["a validity above a week", 400, "AuthorizationQueryParametersError", { sign: { expires: 604_801 } }],
    ["no validity", 400, "AuthorizationQueryParametersError", { sign: { expires: 0 } }],
    [
      "a token of nobody",
      403,
      "AccessDenied",
      { sign: TEMPORARY, headers: { "x-amz-security-token": "forged" } },
    ],
    ["a temporary key without its token", 403, "InvalidAccessKeyId", { sign: TEMPORARY }],
    ["an unsigned header of the protocol", 403, "AccessDenied", { unsigned: { "x-amz-acl": "public-read" } }],
    ["an unknown word for the payload", 400, "InvalidArgument", { payloadHash: "SIGNED" }],
    ["a bucket without an APPID", 400, "InvalidRequest", { host: "127.0.0.1:9000", path: "/photos/x" }],
  ])("with %s", async (_, status, code, more) => {
    const response = await get({}, more);
    expect([response.status, response.code]).toEqual([status, code]);
  });

  test.each<[string, (text: string) => string]>([
    ["no fields", () => "AWS4-HMAC-SHA256"],
    ["another algorithm", (text) => text.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512")],
    ["a short signature", (text) => text.slice(0, -1)],
    ["a host that is not signed", (text) => text.replace("host;", "")],
    ["no scope", (text) => text.replace(/\/2024[^,]*/, "")],
  ])("with a malformed header: %s", async (_, change) => {
    const response = await ask({ method: "GET", path: "/x" }, change);
    expect([response.status, response.code]).toEqual([400, "AuthorizationHeaderMalformed"]);
  });

  test.each<[string, (text: string) => string]>([
    ["no time", (text) => text.replace("X-Amz-Date", "X-Amz-Day")],
    ["a short signature", (text) => text.slice(0, -1)],
    ["no credential", (text) => text.replace("X-Amz-Credential", "X-Amz-Key")],
  ])("with a malformed query: %s", async (_, change) => {
    const response = await ask({ method: "GET", path: "/x", sign: { expires: 60 } }, change);
    expect([response.status, response.code]).toEqual([400, "AuthorizationQueryParametersError"]);
  });

  test("the log has neither signature nor token", async () => {
    rig.log.length = 0;
    await get({ ...TEMPORARY, expires: 60 }, { query: { "X-Amz-Security-Token": TEMPORARY.token } });
    expect(rig.log).toEqual([`200 GetObject GET /${BUCKET}/x`]);
  });
});
