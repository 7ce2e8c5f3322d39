import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringToSign } from "../../../src/auth/aws2/string-to-sign.ts";
import { type Aws2Ask, hmac, signAws2 } from "../../aws2-requests.ts";
import { exchangeS3 } from "../../aws4-requests.ts";
import { BUCKET, KEYS, type Rig, startRig, type TestResponse } from "../../rig.ts";

// The examples of AWS's document "Signing and authenticating REST requests (AWS signature version 2)".
describe("the signatures that AWS's document prints", () => {
  const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  test.each([
    [
      "GET",
      "/johnsmith/photos/puppy.jpg",
      "",
      "",
      "Tue, 27 Mar 2007 19:36:42 +0000",
      "bWq2s1WEIj+Ydj0vQ697zp+IXMU=",
    ],
    [
      "PUT",
      "/johnsmith/photos/puppy.jpg",
      "",
      "image/jpeg",
      "Tue, 27 Mar 2007 21:15:45 +0000",
      "MyyxeRY7whkBe+bq8fHCL/2kKUg=",
    ],
    [
      "GET",
      "/johnsmith/",
      "prefix=photos&max-keys=50&marker=puppy",
      "",
      "Tue, 27 Mar 2007 19:42:41 +0000",
      "htDYFYduRNen8P9ZfE/s9SuKy0U=",
    ],
    ["GET", "/johnsmith/", "acl", "", "Tue, 27 Mar 2007 19:44:46 +0000", "c2WLPFtWHVgbEmeEG93a4cG37dM="],
    [
      "GET",
      "/johnsmith/photos/puppy.jpg",
      "Expires=1175139620",
      "",
      "1175139620",
      "NpgCjnDzrM+WFzoENXmpNDUsSn8=",
    ],
  ])("%s %s ?%s", (method, resource, query, type, date, signature) => {
    const headers = new Map(type === "" ? [] : [["content-type", type] as const]);
    expect(hmac(SECRET_KEY, stringToSign({ method, resource, query, headers, date }))).toBe(signature);
  });
});

describe("requests of version 2", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
    await rig.ask({ method: "PUT", path: "/x", body: "content" });
  });
  afterAll(() => rig.stop());

  const send = (ask: Aws2Ask): Promise<TestResponse> => {
    const chain = { key: Buffer.alloc(0), timestamp: "", scope: "", seed: "" };
    return exchangeS3(rig.port, ask, { ...signAws2(ask, rig.nowMs), chain });
  };
  const get = (more: Partial<Aws2Ask> = {}) => send({ method: "GET", path: "/x", ...more });

  test.each<[string, Partial<Aws2Ask>]>([
    ["in the header", {}],
    ["in the query", { expires: 60 }],
    ["path-style", { host: "127.0.0.1:9000", path: `/${BUCKET}/x` }],
    ["with an overridden header", { query: { "response-content-type": "text/x y" } }],
  ])("%s are accepted", async (_, more) => {
    const response = await get(more);
    expect([response.status, response.text]).toEqual([200, "content"]);
    expect(response.headers).toHaveProperty("x-amz-request-id");
  });

  test("S3's headers and sub-resources are signed", async () => {
    const headers = { "x-amz-meta-a": "1", "x-amz-tagging": "k=v" };
    expect((await send({ method: "PUT", path: "/y", headers, body: "y" })).status).toBe(200);
    expect((await send({ method: "GET", path: "/y", query: { tagging: "" } })).text).toContain(
      "<Value>v</Value>",
    );
  });

  test.each<[string, string, Partial<Aws2Ask>]>([
    ["a wrong secret", "SignatureDoesNotMatch", { secretKey: "wrong" }],
    ["a URL that has expired", "AccessDenied", { expires: -1 }],
    ["a clock that is behind", "RequestTimeTooSkewed", { skewMs: -16 * 60_000 }],
    ["a clock that is ahead", "RequestTimeTooSkewed", { skewMs: 16 * 60_000 }],
  ])("are refused with %s", async (_, code, more) => {
    const response = await get(more);
    expect([response.status, response.code]).toEqual([403, code]);
    expect(response.text).not.toContain(KEYS.secretKey);
  });

  test("are refused with a malformed header", async () => {
    for (const authorization of ["AWS ", "AWS id", "AWS id:short", "AWS :AAAAAAAAAAAAAAAAAAAAAAAAAAA="]) {
      const response = await rig.ask({ method: "GET", path: "/x", sign: false, headers: { authorization } });
      expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
    }
  });
});
