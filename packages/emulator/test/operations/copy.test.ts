import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOST, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";

let rig: Rig;
const SOURCE = `${HOST}/source%20file`;
const BODY = "0123456789";

beforeAll(async () => {
  rig = await startRig();
  const headers = { "content-type": "text/x-source", "x-cos-meta-a": "1" };
  await rig.ask({ method: "PUT", path: "/source%20file", body: BODY, headers });
});
afterAll(() => rig.stop());

const copy = (path: string, source: string, headers: Record<string, string> = {}) =>
  rig.ask({ method: "PUT", path, headers: { "x-cos-copy-source": source, ...headers } });

describe("PUT Object - Copy", () => {
  test("copies bytes and metadata", async () => {
    const response = await copy("/copied", SOURCE);
    expect(response.status).toBe(200);
    expect(textIn(response.text, "ETag")).toBe(`"${md5(BODY)}"`);
    expect(textIn(response.text, "LastModified")).toBe(new Date(rig.nowMs).toISOString());
    expect(response.headers["x-cos-hash-crc64ecma"]).toBe(textIn(response.text, "CRC64"));
    const read = await rig.ask({ method: "GET", path: "/copied" });
    expect(read.text).toBe(BODY);
    expect(read.headers).toMatchObject({ "content-type": "text/x-source", "x-cos-meta-a": "1" });
  });

  test("an empty versionId of the source counts as none", async () => {
    expect((await copy("/copied-empty", `${SOURCE}?versionId=`)).status).toBe(200);
    expect((await copy("/copied-null", `${SOURCE}?versionId=null`)).status).toBe(200);
    const other = await copy("/copied-other", `${SOURCE}?versionId=abc`);
    expect([other.status, other.code]).toEqual([404, "NoSuchVersion"]);
  });

  test("replaces metadata on request, also on itself", async () => {
    await copy("/self", SOURCE);
    const self = `${HOST}/self`;
    const idle = await copy("/self", self);
    expect([idle.status, idle.code]).toEqual([400, "InvalidRequest"]);
    const replaced = await copy("/self", self, {
      "x-cos-metadata-directive": "Replaced",
      "x-cos-meta-b": "2",
    });
    expect(replaced.status).toBe(200);
    const read = await rig.ask({ method: "GET", path: "/self" });
    expect([read.text, read.headers["x-cos-meta-a"], read.headers["x-cos-meta-b"]]).toEqual([
      BODY,
      undefined,
      "2",
    ]);
  });

  test("a copy outlives its source", async () => {
    await rig.ask({ method: "PUT", path: "/parent", body: "shared bytes" });
    await copy("/child", `${HOST}/parent`);
    await rig.ask({ method: "DELETE", path: "/parent" });
    expect((await rig.ask({ method: "GET", path: "/child" })).text).toBe("shared bytes");
    await rig.restart();
    expect((await rig.ask({ method: "GET", path: "/child" })).text).toBe("shared bytes");
    const before = await rig.dataFiles();
    await rig.ask({ method: "DELETE", path: "/child" });
    expect(await rig.dataFiles()).toHaveLength(before.length - 1);
  });

  test.each([
    ["no host", "/source", 400, "InvalidCopySource"],
    ["another bucket", "none-1250000000.cos.ap-guangzhou.myqcloud.com/x", 404, "NoSuchBucket"],
    ["a missing key", `${HOST}/nothing`, 404, "NoSuchKey"],
    ["a version", `${SOURCE}?versionId=abc`, 404, "NoSuchVersion"],
  ])("refuses %s", async (_, source, status, code) => {
    const response = await copy("/refused", source);
    expect([response.status, response.code]).toEqual([status, code]);
  });

  test("refuses an appendable source and an unknown directive", async () => {
    await rig.ask({ method: "POST", path: "/log", query: { append: "", position: "0" }, body: "x" });
    expect((await copy("/refused", `${HOST}/log`)).code).toBe("InvalidCopySource");
    expect((await copy("/refused", SOURCE, { "x-cos-metadata-directive": "Mixed" })).code).toBe(
      "InvalidArgument",
    );
  });

  test.each([
    [{ "x-cos-copy-source-If-Match": `"${md5(BODY)}"` }, 200],
    [{ "x-cos-copy-source-If-Match": '"other"' }, 412],
    [{ "x-cos-copy-source-If-None-Match": `"${md5(BODY)}"` }, 412],
    [{ "x-cos-copy-source-If-Modified-Since": "Wed, 21 Oct 2026 07:28:00 GMT" }, 412],
    [{ "x-cos-copy-source-If-Unmodified-Since": "Wed, 21 Oct 2015 07:28:00 GMT" }, 412],
  ])("condition %j gets %i", async (headers, status) => {
    const sign = { signedHeaders: ["host", "x-cos-copy-source"] };
    const all = { "x-cos-copy-source": SOURCE, ...(headers as unknown as Record<string, string>) };
    const response = await rig.ask({ method: "PUT", path: "/conditional", headers: all, sign });
    expect(response.status).toBe(status);
    if (status === 412) expect(response.code).toBe("PreconditionFailed");
  });
});

describe("Upload Part - Copy", () => {
  async function initiate(path: string): Promise<string> {
    const response = await rig.ask({ method: "POST", path, query: { uploads: "" } });
    return textIn(response.text, "UploadId") ?? "";
  }
  const copyPart = (path: string, uploadId: string, n: number, headers: Record<string, string> = {}) =>
    rig.ask({
      method: "PUT",
      path,
      query: { partNumber: String(n), uploadId },
      headers: { "x-cos-copy-source": SOURCE, ...headers },
    });

  test("makes parts of ranges and of whole objects", async () => {
    await rig.restart({ minPartSize: 1 });
    const uploadId = await initiate("/joined");
    const ranged = await copyPart("/joined", uploadId, 1, { "x-cos-copy-source-range": "bytes=2-5" });
    expect(ranged.status).toBe(200);
    expect(textIn(ranged.text, "ETag")).toBe(`"${md5("2345")}"`);
    expect(textIn(ranged.text, "CRC64")).toBe(ranged.headers["x-cos-hash-crc64ecma"]);
    await copyPart("/joined", uploadId, 2);
    const listed = await rig.ask({ method: "GET", path: "/joined", query: { uploadId } });
    const etags = textsIn(listed.text, "ETag");
    const parts = etags.map(
      (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    expect((await rig.ask({ method: "POST", path: "/joined", query: { uploadId }, body })).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: "/joined" })).text).toBe(`2345${BODY}`);
    await rig.restart();
  });

  test.each([
    ["bytes=0-10", 416, "InvalidRange"],
    ["bytes=5-4", 416, "InvalidRange"],
    ["bytes=5-", 400, "InvalidArgument"],
    ["5-6", 400, "InvalidArgument"],
  ])("refuses the range %s", async (range, status, code) => {
    const response = await copyPart("/ranges", await initiate("/ranges"), 1, {
      "x-cos-copy-source-range": range,
    });
    expect([response.status, response.code]).toEqual([status, code]);
  });

  test("refuses an unknown upload before it reads the source", async () => {
    expect((await copyPart("/nowhere", "1".repeat(74), 1)).code).toBe("NoSuchUpload");
  });
});
