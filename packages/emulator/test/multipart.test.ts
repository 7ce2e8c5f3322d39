import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUCKET, md5, type Rig, startRig, textIn, textsIn } from "./rig.ts";

let rig: Rig;
const MIB = 1024 * 1024;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

async function initiate(path: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await rig.ask({ method: "POST", path, query: { uploads: "" }, headers });
  expect(answer.status).toBe(200);
  return textIn(answer.text, "UploadId") ?? "";
}

const part = (
  path: string,
  uploadId: string,
  partNumber: number | string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
) => rig.ask({ method: "PUT", path, query: { partNumber: String(partNumber), uploadId }, body, headers });

const list = (path: string, uploadId: string, query: Record<string, string> = {}) =>
  rig.ask({ method: "GET", path, query: { uploadId, ...query } });

function completeBody(parts: readonly (readonly [number, string])[]): string {
  const listed = parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`);
  return `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`;
}

const complete = (path: string, uploadId: string, body: string, headers: Record<string, string> = {}) =>
  rig.ask({ method: "POST", path, query: { uploadId }, body, headers });

const quoted = (body: string | Uint8Array) => `"${md5(body)}"`;

describe("a multipart upload", () => {
  test("initiate, parts, list, complete, read", async () => {
    const started = await rig.ask({
      method: "POST",
      path: "/big",
      query: { uploads: "" },
      headers: { "content-type": "video/mp4", "x-cos-meta-a": "1" },
    });
    expect(started.headers["content-type"]).toBe("application/xml");
    expect(textIn(started.text, "Bucket")).toBe(BUCKET);
    expect(textIn(started.text, "Key")).toBe("big");
    const uploadId = textIn(started.text, "UploadId") ?? "";
    expect(uploadId).toMatch(/^\d{10}[0-9a-f]{64}$/);

    const bodies = [Buffer.alloc(MIB, 1), Buffer.alloc(MIB + 1, 2), Buffer.from("tail")];
    const answers = await Promise.all(bodies.map((body, index) => part("/big", uploadId, index + 1, body)));
    for (const [index, answer] of answers.entries()) {
      expect(answer.status).toBe(200);
      expect(answer.headers.etag).toBe(quoted(bodies[index] ?? ""));
      expect(answer.headers["x-cos-hash-crc64ecma"]).toMatch(/^\d+$/);
    }

    const done = await complete(
      "/big",
      uploadId,
      completeBody(bodies.map((body, index) => [index + 1, quoted(body)])),
    );
    expect(done.status).toBe(200);
    expect(done.headers["transfer-encoding"]).toBe("chunked");
    expect(done.text).toContain(
      '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751">',
    );
    expect(textIn(done.text, "Location")).toBe(`http://${BUCKET}.cos.ap-guangzhou.myqcloud.com/big`);
    expect(textIn(done.text, "ETag")).toMatch(/^"[0-9a-f]{32}-3"$/);

    const read = await rig.ask({ method: "GET", path: "/big" });
    expect(read.bytes.equals(Buffer.concat(bodies))).toBe(true);
    expect(read.headers).toMatchObject({
      etag: textIn(done.text, "ETag"),
      "content-type": "video/mp4",
      "x-cos-meta-a": "1",
      "x-cos-hash-crc64ecma": done.headers["x-cos-hash-crc64ecma"],
    });
    const whole = await rig.ask({ method: "PUT", path: "/same-bytes", body: Buffer.concat(bodies) });
    expect(whole.headers["x-cos-hash-crc64ecma"]).toBe(done.headers["x-cos-hash-crc64ecma"]);
    const range = `bytes=${MIB - 2}-${2 * MIB + 4}`;
    const across = await rig.ask({ method: "GET", path: "/big", headers: { range } });
    expect(across.bytes.equals(Buffer.concat(bodies).subarray(MIB - 2, 2 * MIB + 5))).toBe(true);
  });

  test("accepts ETags escaped, raw and bare, in a document with a declaration", async () => {
    const uploadId = await initiate("/etags");
    const bodies = [Buffer.alloc(MIB, 1), Buffer.alloc(MIB, 2), Buffer.alloc(1, 3)];
    for (const [index, body] of bodies.entries()) await part("/etags", uploadId, index + 1, body);
    const [a, b, c] = bodies.map((body) => md5(body));
    const body = completeBody([
      [1, `&quot;${a}&quot;`],
      [2, `"${b}"`],
      [3, String(c)],
    ]);
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
    const done = await complete("/etags", uploadId, text, { "content-md5": md5(text, "base64") });
    expect(done.status).toBe(200);
  });

  test("the ETag of two uploads of the same parts differs", async () => {
    const etags = [];
    for (const path of ["/one", "/two"]) {
      const uploadId = await initiate(path);
      await part(path, uploadId, 1, "same");
      const done = await complete(path, uploadId, completeBody([[1, quoted("same")]]));
      etags.push(textIn(done.text, "ETag"));
    }
    expect(etags[0]).not.toBe(etags[1]);
  });

  test("a second body for a part number replaces the first", async () => {
    const uploadId = await initiate("/again");
    await part("/again", uploadId, 1, "first");
    const before = await rig.dataFiles();
    await part("/again", uploadId, 1, "second");
    expect(await rig.dataFiles()).toHaveLength(before.length);
    expect((await complete("/again", uploadId, completeBody([[1, quoted("first")]]))).code).toBe(
      "InvalidPart",
    );
    expect((await complete("/again", uploadId, completeBody([[1, quoted("second")]]))).status).toBe(200);
    expect((await rig.ask({ method: "GET", path: "/again" })).text).toBe("second");
  });

  test("Complete deletes the parts it does not list", async () => {
    const before = await rig.dataFiles();
    const uploadId = await initiate("/subset");
    for (const n of [1, 2, 3]) await part("/subset", uploadId, n, `part ${n}`);
    await complete("/subset", uploadId, completeBody([[2, quoted("part 2")]]));
    expect((await rig.ask({ method: "GET", path: "/subset" })).text).toBe("part 2");
    expect(await rig.dataFiles()).toHaveLength(before.length + 1);
  });

  test("Complete twice is NoSuchUpload the second time, and the object stays", async () => {
    const uploadId = await initiate("/lost-answer");
    await part("/lost-answer", uploadId, 1, "x");
    const body = completeBody([[1, quoted("x")]]);
    const both = await Promise.all([1, 2].map(() => complete("/lost-answer", uploadId, body)));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 404]);
    const late = await complete("/lost-answer", uploadId, body);
    expect([late.status, late.code]).toEqual([404, "NoSuchUpload"]);
    expect((await rig.ask({ method: "GET", path: "/lost-answer" })).text).toBe("x");
  });

  test("Abort forgets the upload and its files; parts on their way are NoSuchUpload", async () => {
    const before = await rig.dataFiles();
    const uploadId = await initiate("/aborted");
    await part("/aborted", uploadId, 1, "x");
    const [late, abort] = await Promise.all([
      part("/aborted", uploadId, 2, Buffer.alloc(4 * MIB)),
      rig.ask({ method: "DELETE", path: "/aborted", query: { uploadId } }),
    ]);
    expect([abort.status, abort.bytes.length]).toEqual([204, 0]);
    expect([200, 404]).toContain(late.status);
    for (const answer of [
      await rig.ask({ method: "DELETE", path: "/aborted", query: { uploadId } }),
      await list("/aborted", uploadId),
      await part("/aborted", uploadId, 3, "x"),
      await complete("/aborted", uploadId, completeBody([[1, quoted("x")]])),
    ]) {
      expect([answer.status, answer.code]).toEqual([404, "NoSuchUpload"]);
    }
    expect(await rig.dataFiles()).toHaveLength(before.length);
  });

  test("an empty uploadId aborts nothing and deletes nothing", async () => {
    await rig.ask({ method: "PUT", path: "/kept", body: "x" });
    const answer = await rig.ask({ method: "DELETE", path: "/kept", query: { uploadId: "" } });
    expect([answer.status, answer.code]).toEqual([404, "NoSuchUpload"]);
    expect((await rig.ask({ method: "HEAD", path: "/kept" })).status).toBe(200);
  });
});

describe("UploadPart refuses", () => {
  test.each(["0", "10001", "-1", "x", "", "1.5"])("part number %s", async (partNumber) => {
    const uploadId = await initiate("/numbers");
    const answer = await part("/numbers", uploadId, partNumber, "x");
    expect([answer.status, answer.code]).toEqual([400, "InvalidArgument"]);
  });

  test("a chunked body, unless switched on", async () => {
    const uploadId = await initiate("/chunked");
    const ask = {
      method: "PUT",
      path: "/chunked",
      query: { partNumber: "1", uploadId },
      body: "abc",
      chunked: true,
    };
    const refused = await rig.ask(ask);
    expect([refused.status, refused.code]).toEqual([411, "MissingContentLength"]);
    await rig.restart({ allowChunkedParts: true });
    expect((await rig.ask(ask)).headers.etag).toBe(quoted("abc"));
    await rig.restart();
  });

  test("a wrong digest, keeping the part that was there", async () => {
    const uploadId = await initiate("/digest");
    await part("/digest", uploadId, 1, "good", { "content-md5": md5("good", "base64") });
    const bad = await part("/digest", uploadId, 1, "evil", { "content-md5": md5("good", "base64") });
    expect([bad.status, bad.code]).toEqual([400, "BadDigest"]);
    expect(textIn((await list("/digest", uploadId)).text, "ETag")).toBe(quoted("good"));
  });

  test("an id that belongs to another key, and one that looks like a path", async () => {
    const uploadId = await initiate("/mine");
    expect((await part("/yours", uploadId, 1, "x")).code).toBe("NoSuchUpload");
    expect((await part("/mine", "../../objects", 1, "x")).code).toBe("NoSuchUpload");
  });
});

describe("Complete refuses", () => {
  let uploadId = "";
  beforeAll(async () => {
    uploadId = await initiate("/strict");
    await part("/strict", uploadId, 1, Buffer.alloc(MIB, 1));
    await part("/strict", uploadId, 2, "small");
    await part("/strict", uploadId, 3, "last");
  });
  const one = quoted(Buffer.alloc(MIB, 1));

  test.each([
    ["a part that is not there", completeBody([[4, one]]), "InvalidPart"],
    ["another ETag", completeBody([[1, quoted("other")]]), "InvalidPart"],
    [
      "descending numbers",
      completeBody([
        [2, quoted("small")],
        [1, one],
      ]),
      "InvalidPartOrder",
    ],
    [
      "a number twice",
      completeBody([
        [1, one],
        [1, one],
      ]),
      "InvalidPartOrder",
    ],
    [
      "a small part in the middle",
      completeBody([
        [1, one],
        [2, quoted("small")],
        [3, quoted("last")],
      ]),
      "EntityTooSmall",
    ],
    ["an empty list", completeBody([]), "MalformedXML"],
    ["an empty body", "", "MalformedXML"],
    ["text", "hello", "MalformedXML"],
    ["an unclosed element", "<CompleteMultipartUpload><Part>", "MalformedXML"],
    ["another root", "<Delete><Object><Key>a</Key></Object></Delete>", "MalformedXML"],
    [
      "a part without ETag",
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
      "MalformedXML",
    ],
    ["a part number that is none", completeBody([[Number.NaN, one]]), "MalformedXML"],
    ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]>${completeBody([[1, one]])}`, "MalformedXML"],
  ])("%s", async (_, body, code) => {
    const answer = await complete("/strict", uploadId, body);
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect((await list("/strict", uploadId)).status).toBe(200);
  });

  test("a document above 1 MiB, and a wrong Content-MD5", async () => {
    const huge = await complete("/strict", uploadId, " ".repeat(2 * MIB));
    expect([huge.status, huge.code]).toEqual([400, "XMLSizeLimit"]);
    const body = completeBody([[1, one]]);
    const wrong = await complete("/strict", uploadId, body, { "content-md5": md5("x", "base64") });
    expect(wrong.code).toBe("BadDigest");
  });

  test("to overwrite when told so", async () => {
    await rig.ask({ method: "PUT", path: "/strict", body: "there" });
    const body = completeBody([[1, one]]);
    const refused = await complete("/strict", uploadId, body, { "x-cos-forbid-overwrite": "true" });
    expect([refused.status, refused.code]).toEqual([409, "FileAlreadyExists"]);
    expect((await rig.ask({ method: "GET", path: "/strict" })).text).toBe("there");
    expect((await complete("/strict", uploadId, body)).status).toBe(200);
  });
});

describe("ListParts", () => {
  test("pages by number and names every element", async () => {
    const uploadId = await initiate("/pages", { "x-cos-storage-class": "STANDARD_IA" });
    for (const n of [2, 10, 1, 30]) await part("/pages", uploadId, n, `part ${n}`);
    const all = await list("/pages", uploadId);
    expect(textsIn(all.text, "PartNumber")).toEqual(["1", "2", "10", "30"]);
    for (const [name, text] of [
      ["Bucket", BUCKET],
      ["Key", "pages"],
      ["UploadId", uploadId],
      ["PartNumberMarker", "0"],
      ["StorageClass", "STANDARD_IA"],
      ["MaxParts", "1000"],
      ["IsTruncated", "false"],
      ["Size", "6"],
      ["ETag", quoted("part 1")],
      ["LastModified", new Date(rig.nowMs).toISOString()],
    ] as const) {
      expect([name, textIn(all.text, name)]).toEqual([name, text]);
    }
    expect(all.text).toContain("<Initiator><ID>qcs::cam::uin/1250000000:uin/1250000000</ID><DisplayName>");
    expect(all.text).toContain("<Owner><ID>");

    const seen: string[] = [];
    for (let marker = "0"; ; ) {
      const page = await list("/pages", uploadId, { "max-parts": "3", "part-number-marker": marker });
      seen.push(...textsIn(page.text, "PartNumber"));
      if (textIn(page.text, "IsTruncated") === "false") break;
      marker = textIn(page.text, "NextPartNumberMarker") ?? "";
    }
    expect(seen).toEqual(["1", "2", "10", "30"]);
  });

  test("escapes the key with encoding-type=url and checks its parameters", async () => {
    const uploadId = await initiate("/a%20b/%E4%B8%AD");
    const answer = await list("/a%20b/%E4%B8%AD", uploadId, { "encoding-type": "url" });
    expect(textIn(answer.text, "Key")).toBe("a%20b%2F%E4%B8%AD");
    expect(textIn(answer.text, "Encoding-type")).toBe("url");
    expect(textIn((await list("/a%20b/%E4%B8%AD", uploadId)).text, "Key")).toBe("a b/中");
    for (const query of [
      { "max-parts": "0" },
      { "max-parts": "x" },
      { "part-number-marker": "-1" },
      { "encoding-type": "base64" },
    ]) {
      const refused = await list("/a%20b/%E4%B8%AD", uploadId, query as Record<string, string>);
      expect([refused.status, refused.code]).toEqual([400, "InvalidArgument"]);
    }
    expect((await list("/any", "")).code).toBe("ListPartUploadIdIsEmpty");
  });
});
