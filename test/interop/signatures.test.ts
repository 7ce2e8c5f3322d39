import COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow, KEYS, openRig, PLACE, type Rig, refusal, TEMPORARY } from "./official-client.ts";

let rig: Rig;
let cos: COS;
let aheadMs = 0;
beforeAll(async () => {
  rig = await openRig({
    credentials: [
      KEYS,
      TEMPORARY,
      { secretId: "AKIDexpired", secretKey: "old", token: "old-token", expiresAt: Date.now() - 1000 },
    ],
    now: () => Date.now() + aheadMs,
  });
  cos = rig.client();
  await cos.putObject({ ...PLACE, Key: "here", Body: "content" });
});
afterAll(() => rig.stop());

/** The URL, which the SDK also returns at once when it has the keys. */
const presign = (options: Omit<COS.GetObjectUrlParams, "Bucket" | "Region">): string =>
  cos.getObjectUrl({ ...PLACE, ...options }, () => {});

describe("presigned URLs of the official SDK", () => {
  test("GET, with a query and response headers", async () => {
    const Query = {
      "response-content-type": "text/x-chosen",
      "response-content-disposition": "attachment; a=b",
    };
    const read = await follow(rig.port, "GET", presign({ Key: "here", Method: "GET", Sign: true, Query }));
    expect([read.status, read.text]).toEqual([200, "content"]);
    expect(read.headers).toMatchObject({
      "content-type": "text/x-chosen",
      "content-disposition": "attachment; a=b",
    });
  });

  test("PUT, and the same URL for nothing else", async () => {
    const url = presign({ Key: "by url/中.txt", Method: "PUT", Sign: true });
    expect((await follow(rig.port, "PUT", url, "by url", { "content-length": "6" })).status).toBe(200);
    expect((await cos.getObject({ ...PLACE, Key: "by url/中.txt" })).Body.toString()).toBe("by url");
    for (const method of ["GET", "DELETE", "POST"]) {
      const refused = await follow(rig.port, method, url);
      expect([method, refused.status]).toEqual([method, 403]);
      expect(refused.text).toContain("SignatureDoesNotMatch");
    }
    const elsewhere = url.replace("by%20url", "other");
    expect((await follow(rig.port, "PUT", elsewhere, "x")).text).toContain("SignatureDoesNotMatch");
  });

  test("a part", async () => {
    const { UploadId } = await cos.multipartInit({ ...PLACE, Key: "parts" });
    const Query = { partNumber: "1", uploadId: UploadId };
    const url = presign({ Key: "parts", Method: "PUT", Sign: true, Query });
    expect((await follow(rig.port, "PUT", url, "part", { "content-length": "4" })).status).toBe(200);
    expect((await follow(rig.port, "PUT", url.replace("partNumber=1", "partNumber=2"), "part")).status).toBe(
      403,
    );
  });

  test("expired", async () => {
    const url = presign({ Key: "here", Method: "GET", Sign: true, Expires: 10 });
    aheadMs = 60_000;
    const refused = await follow(rig.port, "GET", url);
    aheadMs = 0;
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect((await follow(rig.port, "GET", url)).status).toBe(200);
  });

  test("tampered with", async () => {
    const url = presign({ Key: "here", Method: "GET", Sign: true });
    const longer = url.replace(
      /(q-(?:sign|key)-time=\d+;)(\d+)/g,
      (_, head: string, end: string) => head + (Number(end) + 1),
    );
    expect((await follow(rig.port, "GET", longer)).text).toContain("SignatureDoesNotMatch");
    const unsigned = presign({ Key: "here", Sign: false });
    expect((await follow(rig.port, "GET", unsigned)).text).toContain("AccessDenied");
  });

  test("with a session token", async () => {
    const { secretId, secretKey, token } = TEMPORARY;
    const temporary = rig.client({ SecretId: secretId, SecretKey: secretKey, SecurityToken: token });
    const url = temporary.getObjectUrl({ ...PLACE, Key: "here", Sign: true }, () => {});
    expect((await follow(rig.port, "GET", url)).text).toBe("content");
    expect((await follow(rig.port, "GET", url.replace(token, "forged"))).status).toBe(403);
  });
});

describe("the official SDK is refused", () => {
  const get = (client: COS) => client.getObject({ ...PLACE, Key: "here" });

  test("with a wrong secret", async () => {
    const client = rig.client({ SecretKey: "wrong" });
    expect(await refusal(get(client))).toMatchObject({ code: "SignatureDoesNotMatch", statusCode: 403 });
  });

  test("with an unknown id", async () => {
    const client = rig.client({ SecretId: "AKIDnobody" });
    expect(await refusal(get(client))).toMatchObject({ code: "InvalidAccessKeyId", statusCode: 403 });
  });

  test("with an expired token", async () => {
    const client = rig.client({ SecretId: "AKIDexpired", SecretKey: "old", SecurityToken: "old-token" });
    expect(await refusal(get(client))).toMatchObject({ code: "ExpiredToken", statusCode: 400 });
  });

  test("with a forged signature", async () => {
    const client = rig.client({
      getAuthorization: (options, callback) => {
        const {
          Method = "get",
          Pathname = "/",
          Query = {},
          Headers = {},
        } = options as {
          Method?: COS.Method;
          Pathname?: string;
          Query?: COS.Query;
          Headers?: COS.Headers;
        };
        const signed = COS.getAuthorization({
          SecretId: KEYS.secretId,
          SecretKey: KEYS.secretKey,
          Method,
          Pathname,
          Query,
          Headers,
        });
        callback(signed.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
      },
    });
    expect(await refusal(get(client))).toMatchObject({ code: "SignatureDoesNotMatch", statusCode: 403 });
  });
});

describe("clients of other kinds", () => {
  test("temporary keys in the options", async () => {
    const { secretId, secretKey, token } = TEMPORARY;
    const client = rig.client({ SecretId: secretId, SecretKey: secretKey, SecurityToken: token });
    expect((await client.getObject({ ...PLACE, Key: "here" })).Body.toString()).toBe("content");
    const forged = rig.client({ SecretId: secretId, SecretKey: secretKey, SecurityToken: "forged" });
    expect(await refusal(forged.getObject({ ...PLACE, Key: "here" }))).toMatchObject({ statusCode: 403 });
  });

  test("a clock that is an hour behind is corrected by the SDK", async () => {
    aheadMs = 3_600_000;
    const client = rig.client();
    expect((await client.getObject({ ...PLACE, Key: "here" })).Body.toString()).toBe("content");
    expect(client).toHaveProperty("options.SystemClockOffset", expect.closeTo(3_600_000, -5));
    aheadMs = 0;
  });

  test("a clock that is an hour ahead, too", async () => {
    aheadMs = -3_600_000;
    const client = rig.client();
    expect((await client.getObject({ ...PLACE, Key: "here" })).Body.toString()).toBe("content");
    aheadMs = 0;
  });

  test("through a proxy, with targets in absolute form", async () => {
    const client = new COS({
      SecretId: KEYS.secretId,
      SecretKey: KEYS.secretKey,
      Protocol: "http:",
      Proxy: `http://127.0.0.1:${rig.port}`,
    });
    await client.putObject({ ...PLACE, Key: "proxied", Body: "x" });
    expect((await client.getObject({ ...PLACE, Key: "proxied" })).Body.toString()).toBe("x");
  });

  test("with a custom domain that names no bucket", async () => {
    const client = new COS({
      SecretId: KEYS.secretId,
      SecretKey: KEYS.secretKey,
      Protocol: "http:",
      Domain: `127.0.0.1:${rig.port}`,
    });
    await client.putObject({ ...PLACE, Key: "custom", Body: "x" });
    expect((await cos.getObject({ ...PLACE, Key: "custom" })).Body.toString()).toBe("x");
  });

  test("with the host left out of the signature", async () => {
    const client = rig.client({ ForceSignHost: false });
    expect((await client.getObject({ ...PLACE, Key: "here" })).Body.toString()).toBe("content");
  });
});
