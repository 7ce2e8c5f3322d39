import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, HOST, md5, type Rig, startRig } from "../rig.ts";
import { BOUNDARY, FILE_NAME, type Field, formBody, post, signedFields, upload } from "./form-rig.ts";

const TEMPORARY = { secretId: "AKIDtemp", secretKey: "temp", token: "session-token" };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ credentials: [{ secretId: "AKIDtest", secretKey: "secret-of-test" }, TEMPORARY] });
});
afterAll(() => rig.stop());

const KEY: Field = ["key", "refused"];
const signed = (more: Partial<Parameters<typeof signedFields>[1]> = {}, conditions: unknown[] = []) =>
  signedFields(conditions, { nowMs: rig.nowMs, ...more });
const send = (fields: readonly Field[]) => post(rig, formBody([KEY, ...fields], { content: "hello" }));

describe("the signature of a form", () => {
  test("is that of COS's document", async () => {
    const keys = {
      secretId: "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q",
      secretKey: "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz",
    };
    const documented = await startRig({ buckets: ["examplebucket-1250000000"], credentials: [keys] });
    documented.nowMs = 1_567_150_700_000;
    const policy = `{
    "expiration": "2019-08-30T09:38:12.414Z",
    "conditions": [
        { "acl": "default" },
        { "bucket": "examplebucket-1250000000" },
        [ "starts-with", "$key", "folder/subfolder/" ],
        [ "starts-with", "$Content-Type", "image/" ],
        [ "starts-with", "$success_action_redirect", "https://my.website/" ],
        [ "eq", "$x-cos-server-side-encryption", "AES256" ],
        { "q-sign-algorithm": "sha1" },
        { "q-ak": "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q" },
        { "q-sign-time": "1567150692;1567157892" }
    ]
}`;
    const fields: Field[] = [
      ["key", `folder/subfolder/${FILE_NAME}`],
      ["acl", "default"],
      ["Content-Type", "image/jpeg"],
      ["success_action_redirect", "https://my.website/"],
      ["x-cos-server-side-encryption", "AES256"],
      ["policy", Buffer.from(policy).toString("base64")],
      ["q-sign-algorithm", "sha1"],
      ["q-ak", keys.secretId],
      ["q-key-time", "1567150692;1567157892"],
      ["q-signature", "7758dc9a832e9d301dca704cacbf9d9f8172fdef"],
    ];
    try {
      const body = formBody(fields, { content: "x", fileName: "a.jpg" });
      const type = `multipart/form-data; boundary=${BOUNDARY}`;
      const response = await documented.ask({
        method: "POST",
        path: "/",
        host: "examplebucket-1250000000.cos.ap-beijing.myqcloud.com",
        sign: false,
        headers: { "content-type": type },
        body,
      });
      expect(response.status).toBe(303);
      expect(response.headers.location).toContain("key=folder%2Fsubfolder%2Fa.jpg");
    } finally {
      await documented.stop();
    }
  });

  test.each([
    ["is absent", () => [], "AccessDenied"],
    ["is another one", () => signed({ secretKey: "guess" }), "SignatureDoesNotMatch"],
    ["is of an unknown key", () => signed({ secretId: "AKIDnone" }), "InvalidAccessKeyId"],
    ["is of an earlier time", () => signed({ keyTime: "1000;2000" }), "AccessDenied"],
    ["has no policy", () => signed().filter(([name]) => name !== "policy"), "AccessDenied"],
    [
      "has a policy that was changed",
      () => signed().map(([n, v]): Field => [n, n === "policy" ? `${v}IA==` : v]),
      "",
    ],
  ])("is refused if it %s", async (_name, fields, code) => {
    const response = await send(fields());
    expect(response.status).toBe(403);
    expect(response.code).toBe(code === "" ? "SignatureDoesNotMatch" : code);
    expect((await rig.ask({ method: "HEAD", path: "/refused" })).status).toBe(404);
  });

  test("of a temporary key needs its token", async () => {
    const fields = signed({ secretId: TEMPORARY.secretId, secretKey: TEMPORARY.secretKey });
    expect((await send(fields)).code).toBe("InvalidAccessKeyId");
    expect((await send([...fields, ["x-cos-security-token", "other"]])).code).toBe("AccessDenied");
    expect((await send([...fields, ["x-cos-security-token", TEMPORARY.token]])).status).toBe(204);
    await rig.ask({ method: "DELETE", path: "/refused" });
  });

  test("in the header counts too, and refuses as ever", async () => {
    const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
    const ask = { method: "POST", path: "/", headers, body: formBody([["key", "own"]], { content: "x" }) };
    expect((await rig.ask(ask)).status).toBe(204);
    expect((await rig.ask({ ...ask, sign: { secretKey: "guess" } })).code).toBe("SignatureDoesNotMatch");
  });
});

describe("the policy of a form", () => {
  test.each([
    ["another bucket", [{ bucket: "other-1250000000" }]],
    ["another key", [{ key: "other" }]],
    ["another prefix", [["starts-with", "$key", "folder/"]]],
    ["a field that the form has not", [["starts-with", "$x-cos-meta-a", ""]]],
    ["another value", [["eq", "$Content-Type", "image/png"]]],
    ["one of two values", [{ "content-type": "text/plain", acl: "private" }]],
  ])("is AccessDenied with %s", async (_name, conditions) => {
    const response = await send([["Content-Type", "text/plain"], ...signed({}, conditions)]);
    expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
    expect(response.text).toContain("condition failed");
  });

  test("allows equal values, prefixes, the empty prefix, and fields that it does not name", async () => {
    const conditions = [
      { bucket: BUCKET, key: "refused" },
      ["eq", "$acl", "private"],
      ["starts-with", "$Content-Type", "text/"],
      ["starts-with", "$x-cos-meta-a", ""],
    ];
    const fields: Field[] = [
      ["x-cos-acl", "private"],
      ["Content-Type", "text/plain"],
      ["x-cos-meta-a", ""],
      ["x-cos-meta-b", "b"],
    ];
    expect((await send([...fields, ...signed({}, conditions)])).status).toBe(204);
    await rig.ask({ method: "DELETE", path: "/refused" });
  });

  test("ends at its expiration, and needs the three conditions of the signature", async () => {
    const expired = await send(signed({ expiresMs: rig.nowMs - 1 }));
    expect([expired.status, expired.code]).toEqual([403, "AccessDenied"]);
    expect(expired.text).toContain("Policy expired");
    const loose = await send(signed({ required: [{ "q-sign-algorithm": "sha1" }, { "q-ak": "AKIDtest" }] }));
    expect([loose.status, loose.code]).toEqual([403, "AccessDenied"]);
    const seconds = Math.floor(rig.nowMs / 1000);
    const required = [
      { "q-sign-algorithm": "sha1" },
      { "q-ak": "AKIDtest" },
      { "q-sign-time": `1;${seconds}` },
    ];
    expect((await send(signed({ required }))).code).toBe("AccessDenied");
  });

  test.each([
    ["no list", "AAAA"],
    ["an unknown condition", [["ends-with", "$key", "x"]]],
    ["a number", [{ key: 1 }]],
    ["a name without its sign", [["eq", "key", "x"]]],
    ["a range of texts", [["content-length-range", "a", "b"]]],
    ["null", [null]],
  ])("is InvalidArgument with %s", async (_name, conditions) => {
    const list = typeof conditions === "string" ? [conditions] : conditions;
    const response = await send(signed({}, list as unknown[]));
    expect([response.status, response.code]).toEqual([400, "InvalidArgument"]);
  });

  test("limits the size of the file", async () => {
    const range = (min: number, max: number, content: string | Uint8Array) =>
      upload(rig, [["key", "sized"]], { content }, [["content-length-range", min, max]]);
    expect((await range(5, 5, "hello")).status).toBe(204);
    for (const [response, code] of [
      [await range(0, 4, "hello"), "EntityTooLarge"],
      [await range(6, 9, "hello"), "EntityTooSmall"],
      [await range(0, 10, Buffer.alloc(3 * 1024 * 1024)), "EntityTooLarge"],
    ] as const) {
      expect([response.status, response.code]).toEqual([400, code]);
    }
    expect((await rig.ask({ method: "GET", path: "/sized" })).text).toBe("hello");
  });
});

describe("a form", () => {
  test.each([
    ["no key", formBody([], { content: "x" }), "InvalidArgument"],
    ["an empty key", formBody([["key", ""]], { content: "x" }), "InvalidArgument"],
    ["no file", formBody([["key", "a"]], null), "InvalidArgument"],
    ["no field at all", Buffer.from(`--${BOUNDARY}--\r\n`), "InvalidArgument"],
    ["no bytes", Buffer.alloc(0), "MalformedPOSTRequest"],
    ["another content", Buffer.from("key=a&file=b"), "MalformedPOSTRequest"],
    ["a long field", formBody([["key", "x".repeat(65_537)]], { content: "x" }), "MalformedPOSTRequest"],
    ["many fields", formBody(Array(101).fill(["a", "b"]), { content: "x" }), "MalformedPOSTRequest"],
  ])("with %s is refused", async (_name, body, code) => {
    const response = await post(rig, body);
    expect([response.status, response.code]).toEqual([400, code]);
  });

  test("of another type is refused", async () => {
    const body = formBody([KEY], { content: "x" });
    for (const type of [
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "multipart/form-data; x=y",
    ]) {
      expect((await post(rig, body, { "content-type": type })).code).toBe("MalformedPOSTRequest");
    }
    const untyped = await rig.ask({ method: "POST", path: "/", sign: false, body });
    expect(untyped.code).toBe("MalformedPOSTRequest");
  });

  test("is held to the limits of every object", async () => {
    const refused = async (...fields: Field[]) => (await upload(rig, [KEY, ...fields])).code;
    expect(await refused(["Content-MD5", md5("other", "base64")])).toBe("BadDigest");
    expect(await refused(["x-cos-acl", "everybody"])).toBe("InvalidArgument");
    expect(await refused(["x-cos-traffic-limit", "1"])).toBe("InvalidArgument");
    expect(await refused(["x-cos-meta-a", "two\r\nlines"])).toBe("InvalidArgument");
    expect((await upload(rig, [["key", "k".repeat(851)]])).code).toBe("KeyTooLong");
    expect((await rig.ask({ method: "HEAD", path: "/refused" })).status).toBe(404);
  });

  test("that is cut anywhere stores nothing, and does no harm", async () => {
    const body = formBody([["key", "cut"], ...signed()], { content: "some content" });
    const end = body.indexOf("some content") + "some content".length;
    // The file is whole once the line of the boundary after it is.
    const whole = end + `\r\n--${BOUNDARY}`.length;
    for (let length = 0; length < whole; length += length < 200 || length > end - 30 ? 1 : 17) {
      const response = await post(rig, body.subarray(0, length));
      expect([length, response.status]).toEqual([length, 400]);
    }
    expect((await rig.ask({ method: "HEAD", path: "/cut" })).status).toBe(404);
    expect((await post(rig, body)).status).toBe(204);
  });

  test("that ends with its connection stores nothing", async () => {
    const before = await rig.dataFiles();
    const body = formBody([["key", "gone"], ...signed()], { content: "some content" });
    const reply = await rig.raw(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
        `Content-Length: ${body.length + 10}\r\n\r\n${body.toString("latin1")}`,
      "half-close",
    );
    expect(reply).toContain("<Code>IncompleteBody</Code>");
    expect((await rig.ask({ method: "HEAD", path: "/gone" })).status).toBe(404);
    // The connection is refused at its end, which the operation learns a moment later.
    await expect.poll(() => rig.dataFiles(), { timeout: 20_000 }).toEqual(before);
  });
});
