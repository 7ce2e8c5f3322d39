import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exchangeS3, type S3Ask, signS3 } from "../aws4-requests.ts";
import { BUCKET, md5, type Rig, startRig, type TestResponse, textIn, textsIn } from "../rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ region: "ap-nanjing" });
});
afterAll(() => rig.stop());

const BARE = "127.0.0.1:9000";
const send = (ask: S3Ask): Promise<TestResponse> => exchangeS3(rig.port, ask, signS3(ask, rig.nowMs));
const put = (path: string, headers: Record<string, string> = {}, body = path) =>
  send({ method: "PUT", path, headers, body });
const head = (path: string) => send({ method: "HEAD", path });

describe("headers of S3", () => {
  test("metadata and storage class, in both directions", async () => {
    await put("/m", { "x-amz-meta-mtime": "1.5", "x-amz-storage-class": "ARCHIVE" });
    const { headers } = await head("/m");
    expect(headers).toMatchObject({ "x-amz-meta-mtime": "1.5", "x-amz-storage-class": "ARCHIVE" });
    expect(headers).not.toHaveProperty("x-cos-meta-mtime");
    const native = await rig.ask({ method: "HEAD", path: "/m" });
    expect(native.headers).toMatchObject({ "x-cos-meta-mtime": "1.5", "x-cos-storage-class": "ARCHIVE" });
    expect(native.headers).not.toHaveProperty("x-amz-request-id");
  });

  test("COS's own names work beside them", async () => {
    await put("/own", { "x-cos-meta-a": "1", "x-amz-meta-a": "2", "x-amz-meta-b": "3" });
    expect((await head("/own")).headers).toMatchObject({ "x-amz-meta-a": "1", "x-amz-meta-b": "3" });
  });

  test("ACL, tags and encryption", async () => {
    const kms = {
      "x-amz-server-side-encryption": "aws:kms",
      "x-amz-server-side-encryption-aws-kms-key-id": "k",
    };
    const stored = await put("/a", { "x-amz-acl": "public-read", "x-amz-tagging": "k=v", ...kms });
    expect(stored.headers).toMatchObject(kms);
    expect((await rig.ask({ method: "GET", path: "/a", sign: false })).status).toBe(200);
    const tags = await send({ method: "GET", path: "/a", query: { tagging: "" } });
    expect(textsIn(tags.text, "Value")).toEqual(["v"]);
    expect((await rig.ask({ method: "HEAD", path: "/a" })).headers).toMatchObject({
      "x-cos-server-side-encryption": "cos/kms",
      "x-cos-server-side-encryption-cos-kms-key-id": "k",
    });
  });

  test("in the query of a presigned URL", async () => {
    const query = { "x-amz-meta-from": "query", "x-amz-storage-class": "STANDARD_IA" };
    await send({ method: "PUT", path: "/q", body: "q", query, sign: { expires: 60 } });
    expect((await head("/q")).headers).toMatchObject({
      "x-amz-meta-from": "query",
      "x-amz-storage-class": "STANDARD_IA",
    });
  });

  test("in a query are as limited as in a header", async () => {
    const query = { "x-amz-meta-a": "a\r\nb" };
    const response = await send({ method: "PUT", path: "/q", body: "q", query, sign: { expires: 60 } });
    expect([response.status, response.code]).toEqual([400, "InvalidArgument"]);
    const unicode = { query: { "x-amz-meta-a": "é" }, sign: { expires: 60 } };
    await send({ method: "PUT", path: "/q", body: "q", ...unicode });
    expect((await head("/q")).headers["x-amz-meta-a"]).toBe("Ã©");
  });

  test("checksums have no effect", async () => {
    const wrong = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32" };
    expect((await put("/c", wrong)).status).toBe(200);
    const { headers } = await send({
      method: "HEAD",
      path: "/c",
      headers: { "x-amz-checksum-mode": "ENABLED" },
    });
    expect(Object.keys(headers).filter((name) => name.includes("checksum"))).toEqual([]);
    expect(headers["x-cos-hash-crc64ecma"]).toMatch(/^\d+$/);
  });
});

describe("copies", () => {
  beforeAll(() => put("/source%20key", { "x-amz-meta-a": "1", "content-type": "text/x" }, "0123456789"));

  test.each([
    `/${BUCKET}/source%20key`,
    `${BUCKET}/source%20key`,
    `${BUCKET}%2Fsource%20key`,
    `${BUCKET}.cos.ap-guangzhou.myqcloud.com/source%20key`,
  ])("from %j", async (source) => {
    const copied = await put("/copy", { "x-amz-copy-source": source }, "");
    expect(textIn(copied.text, "ETag")).toBe(`"${md5("0123456789")}"`);
    expect(copied.text).toContain('<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
    expect((await head("/copy")).headers["x-amz-meta-a"]).toBe("1");
  });

  test("with other metadata, and with conditions", async () => {
    const source = { "x-amz-copy-source": `${BUCKET}/source%20key` };
    await put("/copy", { ...source, "x-amz-metadata-directive": "REPLACE", "x-amz-meta-b": "2" }, "");
    const { headers } = await head("/copy");
    expect(headers).toMatchObject({ "x-amz-meta-b": "2" });
    expect(headers).not.toHaveProperty("x-amz-meta-a");
    expect((await put("/copy", { ...source, "x-amz-copy-source-if-match": '"other"' }, "")).status).toBe(412);
    expect((await put("/copy", { "x-amz-copy-source": "nothing" }, "")).code).toBe("InvalidCopySource");
  });

  test("a part of an upload", async () => {
    const started = await send({ method: "POST", path: "/p", query: { uploads: "" } });
    const uploadId = textIn(started.text, "UploadId") ?? "";
    const part = await send({
      method: "PUT",
      path: "/p",
      query: { partNumber: "1", uploadId },
      headers: { "x-amz-copy-source": `${BUCKET}/source%20key`, "x-amz-copy-source-range": "bytes=2-5" },
    });
    expect(textIn(part.text, "ETag")).toBe(`"${md5("2345")}"`);
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><ETag>${md5("2345")}</ETag><PartNumber>1</PartNumber><ChecksumCRC32>x</ChecksumCRC32></Part></CompleteMultipartUpload>`;
    const done = await send({ method: "POST", path: "/p", query: { uploadId }, body });
    expect(done.text).toContain(
      '<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    );
    expect((await send({ method: "GET", path: "/p" })).text).toBe("2345");
  });
});

describe("responses to S3 requests", () => {
  test("have S3's ids beside COS's", async () => {
    for (const path of ["/own", "/absent"]) {
      const { headers } = await head(path);
      expect(headers["x-amz-request-id"]).toBe(headers["x-cos-request-id"]);
      expect(headers["x-amz-id-2"]).toMatch(/^[A-Za-z0-9+/]{64}$/);
    }
  });

  test("errors have no namespace, also when nobody was recognised", async () => {
    const refused = await send({ method: "GET", path: "/own", sign: { secretId: "nobody" } });
    expect(refused.text).toContain("<Error><Code>InvalidAccessKeyId</Code>");
    expect(refused.headers).toHaveProperty("x-amz-request-id");
  });

  test("a bare host is the service, with one bucket, too", async () => {
    const listed = await send({ method: "GET", path: "/", host: BARE });
    expect(listed.text).toContain('<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
    expect(textsIn(listed.text, "Name")).toEqual([BUCKET]);
    const other = await send({ method: "GET", path: "/other-1250000000/own", host: BARE });
    expect(other.code).toBe("NoSuchBucket");
  });

  test("the region of a bucket", async () => {
    const query = { location: "" };
    const bare = await send({ method: "GET", path: `/${BUCKET}`, host: BARE, query });
    expect(bare.text).toMatch(/<LocationConstraint xmlns="[^"]+">ap-nanjing<\/LocationConstraint>/);
    const native = await rig.ask({ method: "GET", path: "/", query });
    expect(textIn(native.text, "LocationConstraint")).toBe("ap-guangzhou");
  });

  test("deletion of several keys needs Content-MD5, as on COS", async () => {
    const body = "<Delete><Object><Key>own</Key></Object></Delete>";
    const ask = { method: "POST", path: "/", query: { delete: "" }, body };
    const refused = await send(ask);
    expect([refused.status, refused.code, textIn(refused.text, "Message")]).toEqual([
      400,
      "InvalidRequest",
      "Missing required header for this request: Content-MD5",
    ]);
    const done = await send({ ...ask, headers: { "content-md5": md5(body, "base64") } });
    expect(textsIn(done.text, "Key")).toEqual(["own"]);
  });
});
