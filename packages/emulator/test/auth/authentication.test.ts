import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorize, BUCKET, HOST, KEYS, type Rig, startRig, textIn } from "../rig.ts";

let rig: Rig;
const TEMPORARY = { secretId: "AKIDtemporary", secretKey: "temporary-secret", token: "tok+en/==" };
const EXPIRING_MS = 20_000 * 86_400_000;

beforeAll(async () => {
  rig = await startRig({
    credentials: [
      KEYS,
      TEMPORARY,
      { secretId: "AKIDexpired", secretKey: "old", token: "old-token", expiresAt: new Date(EXPIRING_MS) },
    ],
  });
  await rig.ask({ method: "PUT", path: "/x", body: "x" });
});
afterAll(() => rig.stop());

const seconds = () => Math.floor(rig.nowMs / 1000);
const get = (sign: Parameters<Rig["ask"]>[0]["sign"], headers: Record<string, string> = {}) =>
  rig.ask({ method: "GET", path: "/x", headers, ...(sign !== undefined && { sign }) });

describe("a request is refused", () => {
  test("without a signature", async () => {
    const response = await get(false);
    expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
  });

  test.each([
    "",
    "Bearer x",
    "q-sign-algorithm=sha1",
    `q-sign-algorithm=md5&q-ak=AKIDtest&q-sign-time=1;2&q-key-time=1;2&q-header-list=&q-url-param-list=&q-signature=${"0".repeat(40)}`,
    `q-sign-algorithm=sha1&q-ak=AKIDtest&q-sign-time=2;1&q-key-time=2;1&q-header-list=&q-url-param-list=&q-signature=${"0".repeat(40)}`,
    `q-sign-algorithm=sha1&q-ak=AKIDtest&q-sign-time=now&q-key-time=now&q-header-list=&q-url-param-list=&q-signature=${"0".repeat(40)}`,
    "q-sign-algorithm=sha1&q-ak=AKIDtest&q-sign-time=1;2&q-key-time=1;2&q-header-list=&q-url-param-list=&q-signature=short",
  ])("with the malformed Authorization %j", async (authorization) => {
    const response = await get(false, { authorization });
    expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
  });

  test("from an unknown key", async () => {
    const response = await get({ secretId: "AKIDnobody" });
    expect([response.status, response.code]).toEqual([403, "InvalidAccessKeyId"]);
  });

  test("with a wrong secret, and gets the strings that the server computed", async () => {
    const response = await get({ secretKey: "wrong" });
    expect([response.status, response.code]).toEqual([403, "SignatureDoesNotMatch"]);
    expect(textIn(response.text, "StringToSign")).toMatch(/^sha1\n\d+;\d+\n[0-9a-f]{40}\n$/);
    expect(textIn(response.text, "FormatString")).toBe(`get\n/x\n\nhost=${HOST}\n`);
    expect(response.text).not.toContain(KEYS.secretKey);
  });

  test("before and after its validity, with the message that the SDKs recognise", async () => {
    for (const sign of [
      { start: seconds() - 100, end: seconds() - 1 },
      { start: seconds() + 100, end: seconds() + 200 },
    ]) {
      const response = await get(sign);
      expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
      expect(textIn(response.text, "Message")).toBe("Request has expired");
      expect(response.headers.date).toBe(new Date(rig.nowMs).toUTCString());
    }
  });

  test("from a clock more than 15 minutes ahead, with the server's time", async () => {
    const response = await get({ start: seconds() + 901, end: seconds() + 2000 });
    expect([response.status, response.code]).toEqual([403, "RequestTimeTooSkewed"]);
    expect(textIn(response.text, "ServerTime")).toBe(new Date(rig.nowMs).toISOString());
  });

  test("with a signed Date that is skewed; an unsigned one does not matter", async () => {
    const headers = { date: new Date(rig.nowMs - 16 * 60_000).toUTCString() };
    expect((await get({ signedHeaders: ["host", "date"] }, headers)).code).toBe("RequestTimeTooSkewed");
    expect((await get(undefined, headers)).status).toBe(200);
    const near = { date: new Date(rig.nowMs - 14 * 60_000).toUTCString() };
    expect((await get({ signedHeaders: ["host", "date"] }, near)).status).toBe(200);
  });

  test("before 100 Continue", async () => {
    const response = await rig.ask({
      method: "PUT",
      path: "/never",
      headers: { expect: "100-continue", "content-length": "1000000" },
      sign: { secretKey: "wrong", signedHeaders: ["host"] },
    });
    expect([response.status, response.headers.connection]).toEqual([403, "close"]);
  });
});

describe("session tokens", () => {
  const { secretId, secretKey, token } = TEMPORARY;
  test("may be signed or not", async () => {
    const headers = { "x-cos-security-token": token };
    expect((await get({ secretId, secretKey }, headers)).status).toBe(200);
    expect((await get({ secretId, secretKey, signedHeaders: ["host"] }, headers)).status).toBe(200);
  });

  test("must be present and correct", async () => {
    expect((await get({ secretId, secretKey })).code).toBe("InvalidAccessKeyId");
    expect((await get({ secretId, secretKey }, { "x-cos-security-token": "other" })).code).toBe(
      "AccessDenied",
    );
    expect((await get({}, { "x-cos-security-token": token })).code).toBe("AccessDenied");
  });

  test("expire", async () => {
    const old = { secretId: "AKIDexpired", secretKey: "old" };
    const headers = { "x-cos-security-token": "old-token" };
    const response = await get(old, headers);
    expect([response.status, response.code]).toEqual([400, "ExpiredToken"]);
    rig.nowMs -= 1000;
    expect((await get(old, headers)).status).toBe(200);
    rig.nowMs += 1000;
  });
});

describe("what a signature covers", () => {
  test("only listed headers: an unsigned x-cos-* header is accepted", async () => {
    const response = await rig.ask({
      method: "PUT",
      path: "/list-driven",
      body: "x",
      headers: { "x-cos-meta-a": "1" },
      sign: { signedHeaders: [] },
    });
    expect(response.status).toBe(200);
    expect((await rig.ask({ method: "HEAD", path: "/list-driven" })).headers["x-cos-meta-a"]).toBe("1");
  });

  test("the host with its port or without", async () => {
    for (const host of [`127.0.0.1:${rig.port}`, "127.0.0.1"]) {
      const ask = { method: "GET", path: "/x" } as const;
      const authorization = authorize(ask, { host }, seconds());
      const response = await rig.ask({
        ...ask,
        host: `127.0.0.1:${rig.port}`,
        headers: { authorization },
        sign: false,
      });
      expect([host, response.status]).toEqual([host, 200]);
    }
  });

  test("header values above ASCII, arriving as UTF-8 or as latin-1", async () => {
    // A body of bytes: with a text body, node writes the headers as UTF-8.
    const ask = { method: "PUT", path: "/accents", body: Buffer.from("x") } as const;
    for (const [wire, text] of [
      [Buffer.from("值").toString("latin1"), "值"],
      ["café", "café"],
    ] as const) {
      const authorization = authorize(ask, { host: HOST, "x-cos-meta-a": text }, seconds());
      const headers = { authorization, "x-cos-meta-a": wire };
      expect((await rig.ask({ ...ask, headers, sign: false })).status).toBe(200);
      expect((await rig.ask({ method: "HEAD", path: "/accents" })).headers["x-cos-meta-a"]).toBe(wire);
    }
  });

  test("a listed header that is missing counts as empty", async () => {
    expect((await get({ signedHeaders: ["host", "content-length"] })).status).toBe(200);
    const authorization = authorize(
      { method: "GET", path: "/x", sign: { signedHeaders: ["host", "content-length"] } },
      { host: HOST, "content-length": "0" },
      seconds(),
    );
    expect((await get(false, { authorization })).code).toBe("SignatureDoesNotMatch");
  });
});

test("the log names operations and never signatures or tokens", async () => {
  rig.log.length = 0;
  const uploadId = textIn(
    (await rig.ask({ method: "POST", path: "/a%20b", query: { uploads: "" } })).text,
    "UploadId",
  );
  await rig.ask({
    method: "PUT",
    path: "/a%20b",
    query: { partNumber: "7", uploadId: uploadId ?? "" },
    body: "x",
  });
  await get({ secretKey: "wrong" });
  expect(rig.log).toEqual([
    `200 InitiateMultipartUpload POST /${BUCKET}/a%20b`,
    `200 UploadPart PUT /${BUCKET}/a%20b partNumber=7 uploadId=${uploadId}`,
    `403 - GET /${BUCKET}/x SignatureDoesNotMatch`,
  ]);
});
