import { ManifestError, readManifest } from "@cosup/fleet/manifest";
import { describe, expect, it } from "vitest";
import { collect } from "../support/collect.ts";

const failure = async (entry: unknown): Promise<ManifestError> => {
  const error = await collect(readManifest([entry as object])).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ManifestError)) throw new Error(`not refused: ${JSON.stringify(entry)}`);
  return error;
};

const entry = (fields: object) => ({ source: "/a", key: "a", ...fields });
const SECRET = "hunter2";

describe("a manifest refuses", () => {
  it.each([
    [entry({ contenttype: "x" }), "contenttype", /did you mean contentType\?/],
    [entry({ keys: "x" }), "keys", /did you mean key\?/],
    [entry({ bucket: "x" }), "bucket", /is unknown: there are source, key/],
    [JSON.parse('{"source":"/a","key":"a","__proto__":{}}'), "__proto__", /is unknown/],
  ])("the unknown field of %j", async (value, field, message) => {
    const error = await failure(value);
    expect(error).toMatchObject({ line: 1, code: "unknown-field", field });
    expect(error.message).toMatch(message);
  });

  it.each([
    entry({ secretKey: SECRET }),
    entry({ SecretId: SECRET }),
    entry({ securityToken: SECRET }),
    entry({ credentials: { id: SECRET } }),
    entry({ Authorization: SECRET }),
    entry({ password: SECRET }),
    entry({ accessKeyId: SECRET }),
    entry({ headers: { Authorization: SECRET } }),
    entry({ headers: { "x-cos-security-token": SECRET } }),
    entry({ headers: { "x-cos-server-side-encryption-customer-key": SECRET } }),
    entry({ headers: { "x-cos-meta-api-key": SECRET } }),
    entry({ source: `https://user:${SECRET}@files.example/a` }),
    entry({ source: `https://${SECRET}@files.example/a` }),
  ])("credentials without repeating them: %j", async (value) => {
    const error = await failure(value);
    expect(error.code).toBe("credentials");
    expect(`${error.message}${error.stack}`).not.toContain(SECRET);
  });

  it.each([
    ["source", { key: "a" }, "missing-field", /is missing: a path, an http/],
    ["source", entry({ source: "" }), "wrong-field", /must be a path/],
    ["source", entry({ source: 7 }), "wrong-field", /must be a path/],
    ["source", entry({ source: "a\0b" }), "wrong-field", /must be a path/],
    ["source", entry({ source: "relative/a" }), "wrong-field", /give root/],
    ["source", entry({ source: "s3://bucket/a" }), "wrong-field", /not s3:\/\//],
    ["source", entry({ source: "file:///a" }), "wrong-field", /not file:\/\//],
    ["source", entry({ source: "https://" }), "wrong-field", /is not a URL/],
    ["source", entry({ source: "https://files.example/a#b" }), "wrong-field", /fragment/],
    ["source", entry({ source: "cos://bucket/a" }), "wrong-field", /BucketName-APPID/],
    ["source", entry({ source: "cos://bucket-1250000000/" }), "wrong-field", /BucketName-APPID/],
    ["key", { source: "/a" }, "missing-field", /is missing/],
    ["key", entry({ key: "" }), "wrong-field", /not empty/],
    ["key", entry({ key: "/a" }), "wrong-field", /must not begin with/],
    ["key", entry({ key: "a/.." }), "wrong-field", /must not end in the segment/],
    ["key", entry({ key: "\ud800" }), "wrong-field", /lone surrogate/],
    ["key", entry({ key: "a\u0019" }), "wrong-field", /control characters/],
    ["key", entry({ key: "ü".repeat(426) }), "wrong-field", /at most 850 bytes of UTF-8, not 852/],
    ["size", entry({ size: "7" }), "wrong-field", /must be a number of bytes/],
    ["size", entry({ size: -1 }), "wrong-field", /must be a number of bytes/],
    ["size", entry({ size: 1.5 }), "wrong-field", /must be a number of bytes/],
    ["size", entry({ size: 53_687_091_200_001 }), "wrong-field", /0 to 53687091200000/],
    ["contentType", entry({ contentType: "a\r\nb" }), "wrong-field", /line breaks/],
    ["contentType", entry({ contentType: "ü" }), "wrong-field", /printable ASCII/],
    ["headers", entry({ headers: [] }), "wrong-field", /must be an object/],
    ["headers.Content-Type", entry({ headers: { "Content-Type": "a" } }), "wrong-field", /contentType/],
    ["headers.Host", entry({ headers: { Host: "a" } }), "wrong-field", /is not stored with an object/],
    ["headers.x-cos-meta-a", entry({ headers: { "x-cos-meta-a": 1 } }), "wrong-field", /must be a text/],
    ["headers.expires", entry({ headers: { Expires: "a", expires: "b" } }), "wrong-field", /there twice/],
  ])("a wrong %s: %j", async (field, value, code, message) => {
    const error = await failure(value);
    expect(error).toMatchObject({ code, field });
    expect(error.message).toMatch(message);
  });

  it.each([null, 7, "text", []])("what is no object: %j", async (value) => {
    expect((await failure(typeof value === "string" ? JSON.stringify(value) : value)).code).toBe(
      "not-an-object",
    );
  });
});

it("accepts the keys and headers that COS accepts", async () => {
  const value = entry({
    key: `${"ü".repeat(425)}`,
    source: "cos://examplebucket-1250000000/a b/c?d",
    headers: { "X-Cos-Meta-Owner": "Jürgen", "x-cos-storage-class": "ARCHIVE", "x-cos-tagging": "a=b" },
  });
  const [line] = await collect(readManifest([value]));
  expect(line?.entry.headers).toEqual({
    "x-cos-meta-owner": "Jürgen",
    "x-cos-storage-class": "ARCHIVE",
    "x-cos-tagging": "a=b",
  });
});
