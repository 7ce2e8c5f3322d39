import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ask, BUCKET, type Rig, startRig } from "../rig.ts";

// The examples of COS's document of OPTIONS Object.
const DOCUMENT = `<CORSConfiguration>
  <CORSRule>
    <AllowedOrigin>*</AllowedOrigin>
    <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>
    <AllowedHeader>Range</AllowedHeader><AllowedHeader>x-cos-server-side-encryption-customer-key-MD5</AllowedHeader>
    <ExposeHeader>Content-Length</ExposeHeader><ExposeHeader>ETag</ExposeHeader>
    <MaxAgeSeconds>600</MaxAgeSeconds>
  </CORSRule>
  <CORSRule>
    <AllowedOrigin>https://example.com</AllowedOrigin><AllowedOrigin>https://*.example.net:8443</AllowedOrigin>
    <AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET</AllowedMethod>
    <AllowedHeader>*</AllowedHeader>
    <ExposeHeader>ETag</ExposeHeader>
    <MaxAgeSeconds>300</MaxAgeSeconds>
  </CORSRule>
</CORSConfiguration>`;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.ask({ method: "PUT", path: "/", query: { cors: "" }, body: DOCUMENT });
});
afterAll(() => rig.stop());

const preflight = (origin: string, method: string, headers = "", more: Partial<Ask> = {}) =>
  rig.ask({
    method: "OPTIONS",
    path: "/exampleobject",
    sign: false,
    headers: {
      origin,
      "access-control-request-method": method,
      ...(headers !== "" && { "access-control-request-headers": headers }),
    },
    ...more,
  });

describe("a preflight", () => {
  test("is allowed by the first rule that matches origin, method and every header", async () => {
    const put = await preflight("https://example.com", "PUT", "content-md5,X-Cos-Meta-Author");
    expect(put.status).toBe(200);
    expect(put.bytes).toHaveLength(0);
    expect(put.headers).toMatchObject({
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "content-md5,x-cos-meta-author",
      "access-control-allow-methods": "PUT,GET",
      "access-control-allow-origin": "https://example.com",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "300",
      server: "tencent-cos",
    });
    expect(put.headers.vary).toBeUndefined();

    const get = await preflight("https://example.com", "GET", "range");
    expect(get.headers).toMatchObject({
      "access-control-allow-headers": "range,x-cos-server-side-encryption-customer-key-md5",
      "access-control-allow-methods": "GET,HEAD",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Content-Length,ETag",
      "access-control-max-age": "600",
    });
    expect(get.headers["access-control-allow-credentials"]).toBeUndefined();
    // The first rule does not allow this header, so the second one applies.
    const other = await preflight("https://example.com", "GET", "range, authorization");
    expect(other.headers["access-control-allow-headers"]).toBe("range,authorization");
  });

  test.each([
    ["https://a.example.net:8443", 200],
    ["https://a.b.example.net:8443", 200],
    ["https://.example.net:8443", 200],
    ["https://example.net:8443", 403],
    ["https://a.example.net", 403],
    ["http://example.com", 403],
    ["https://example.com.evil.test", 403],
    ["https://example.com:443", 403],
    ["null", 403],
  ])("from %s gets %i", async (origin, status) => {
    expect((await preflight(origin, "PUT")).status).toBe(status);
  });

  test("is AccessForbidden if no rule matches", async () => {
    for (const refused of [
      await preflight("https://example.com", "DELETE"),
      await preflight("https://other.test", "GET", "range,authorization"),
      await preflight("https://example.com", ""),
      await rig.ask({ method: "OPTIONS", path: "/x", sign: false }),
    ]) {
      expect([refused.status, refused.code]).toEqual([403, "AccessForbidden"]);
      expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  test("may ask about any address: an absent object, the bucket, a sub-resource, a presigned URL", async () => {
    const origin = "https://example.com";
    for (const more of [
      { path: "/absent" },
      { path: "/" },
      { path: "/", query: { lifecycle: "" } },
      { query: { "q-sign-algorithm": "sha1", "q-ak": "unknown", "q-signature": "x" } },
      { query: { "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": "x", "X-Amz-Signature": "x" } },
    ]) {
      expect((await preflight(origin, "PUT", "", more)).status).toBe(200);
    }
  });

  test("of a bucket without a configuration is refused, and of a bucket that does not exist", async () => {
    const bare = await startRig();
    const ask = (path: string, host = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`) =>
      bare.ask({
        method: "OPTIONS",
        path,
        host,
        sign: false,
        headers: { origin: "https://example.com", "access-control-request-method": "GET" },
      });
    try {
      expect((await ask("/a")).code).toBe("AccessForbidden");
      expect((await ask("/a", "none-1250000000.cos.ap-guangzhou.myqcloud.com")).code).toBe("NoSuchBucket");
      expect((await ask("/", "service.cos.myqcloud.com")).code).toBe("AccessForbidden");
    } finally {
      await bare.stop();
    }
  });
});

test("without a configuration, the refusal says that there is none", async () => {
  const bare = await startRig();
  const headers = { origin: "https://page.test", "access-control-request-method": "PUT" };
  const refused = await bare.ask({ method: "OPTIONS", path: "/k", sign: false, headers });
  expect([refused.status, refused.code]).toEqual([403, "AccessForbidden"]);
  expect(refused.text).toContain("The bucket has no cross-origin configuration");
  expect((await preflight("https://other.test", "DELETE")).text).toContain("No rule of the bucket");
  await bare.stop();
});
