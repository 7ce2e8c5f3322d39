import { beforeAll, describe, expect, test } from "vitest";
import { md5, textIn } from "../rig.ts";
import { complete, completeBody, initiate, list, MiB, part, quoted, rig, useRig } from "./multipart-rig.ts";

useRig();

describe("UploadPart refuses", () => {
  test.each(["0", "10001", "-1", "x", "", "1.5"])("part number %s", async (partNumber) => {
    const uploadId = await initiate("/numbers");
    const response = await part("/numbers", uploadId, partNumber, "x");
    expect([response.status, response.code]).toEqual([400, "InvalidArgument"]);
  });

  test("a chunked body, unless the option allows it", async () => {
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
    await part("/strict", uploadId, 1, Buffer.alloc(MiB, 1));
    await part("/strict", uploadId, 2, "small");
    await part("/strict", uploadId, 3, "last");
  });
  const one = quoted(Buffer.alloc(MiB, 1));

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
    const response = await complete("/strict", uploadId, body);
    expect([response.status, response.code]).toEqual([400, code]);
    expect((await list("/strict", uploadId)).status).toBe(200);
  });

  test("a document above 1 MiB, and a wrong Content-MD5", async () => {
    const huge = await complete("/strict", uploadId, " ".repeat(2 * MiB));
    expect([huge.status, huge.code]).toEqual([400, "XMLSizeLimit"]);
    const body = completeBody([[1, one]]);
    const wrong = await complete("/strict", uploadId, body, { "content-md5": md5("x", "base64") });
    expect(wrong.code).toBe("BadDigest");
  });

  test("to overwrite if the header forbids it", async () => {
    await rig.ask({ method: "PUT", path: "/strict", body: "there" });
    const body = completeBody([[1, one]]);
    const refused = await complete("/strict", uploadId, body, { "x-cos-forbid-overwrite": "true" });
    expect([refused.status, refused.code]).toEqual([409, "FileAlreadyExists"]);
    expect((await rig.ask({ method: "GET", path: "/strict" })).text).toBe("there");
    expect((await complete("/strict", uploadId, body)).status).toBe(200);
  });
});
