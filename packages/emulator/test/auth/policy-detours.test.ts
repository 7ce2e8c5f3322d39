import { describe, expect, test } from "vitest";
import { exchangeS3, type S3Ask, signS3 } from "../aws4-requests.ts";
import { type Ask, BUCKET, HOST, md5, textIn, textsIn } from "../rig.ts";
import { ask, askS3, may, readSecret, rig, TEMPORARY, usePolicyRig } from "./policy-rig.ts";

usePolicyRig();

describe("a prefix", () => {
  const WITH_PREFIX = { prefix: "doc/" };

  test("allows a listing of what begins with it", async () => {
    may("name/cos:*", "doc/*");
    for (const query of [{}, { uploads: "" }, { versions: "" }]) {
      expect(await ask({ method: "GET", path: "/", query: { ...query, ...WITH_PREFIX } })).toBe(200);
      expect(await ask({ method: "GET", path: "/", query })).toBe("AccessDenied");
      expect(await ask({ method: "GET", path: "/", query: { ...query, prefix: "secret/" } })).toBe(
        "AccessDenied",
      );
      expect(await ask({ method: "GET", path: "/", query: { ...query, PREFIX: "secret/" } })).toBe(
        "AccessDenied",
      );
    }
    expect(await askS3({ method: "GET", path: "/", query: { "list-type": "2", ...WITH_PREFIX } })).toBe(200);
    const outside = { "list-type": "2", prefix: "", "start-after": "doc/" };
    expect(await askS3({ method: "GET", path: "/", query: outside })).toBe("AccessDenied");
  });

  test.each<[string, Record<string, string>]>([
    ["DELETE", {}],
    ["PUT", {}],
    ...["acl", "versioning", "cors", "lifecycle"].map((name): [string, Record<string, string>] => [
      "PUT",
      { [name]: "" },
    ]),
    ...["acl", "versioning", "cors", "lifecycle", "location"].map(
      (name): [string, Record<string, string>] => ["GET", { [name]: "" }],
    ),
    ["DELETE", { cors: "" }],
    ["DELETE", { lifecycle: "" }],
  ])("allows no other request: %s %j", async (method, query) => {
    may("name/cos:*", "doc/*");
    const body = method === "PUT" ? { body: "", headers: { "x-cos-acl": "public-read" } } : {};
    expect(await ask({ method, path: "/", query: { ...query, ...WITH_PREFIX }, ...body })).toBe(
      "AccessDenied",
    );
    expect(await readSecret()).toBe("/secret/a");
  });
});

describe("a copy", () => {
  const SOURCES = [
    `${HOST}/secret/a`,
    `${HOST}/%73ecret/a`,
    `${HOST}/secret%2Fa`,
    `https://${HOST}/secret/a?versionId=`,
    `${HOST.replace("ap-guangzhou", "ap-beijing")}/secret/a`,
    "other-1250000000.cos.ap-guangzhou.myqcloud.com/doc/a",
  ];
  const part = async (key: string) => {
    const opened = await rig.ask({ method: "POST", path: key, query: { uploads: "" } });
    return { partNumber: "1", uploadId: textIn(opened.text, "UploadId") ?? "" };
  };

  test("cannot read what the key may not read", async () => {
    const target = { method: "PUT", path: "/doc/copy", query: await part("/doc/copy") };
    may("name/cos:*", "doc/*");
    const headers = { "x-cos-copy-source": `${HOST}/doc/a` };
    expect(await ask({ method: "PUT", path: "/doc/copy", headers })).toBe(200);
    expect(await ask({ ...target, headers })).toBe(200);
    for (const source of SOURCES) {
      const denied = { headers: { "x-cos-copy-source": source } };
      expect([source, await ask({ method: "PUT", path: "/doc/copy", ...denied })]).toEqual([
        source,
        "AccessDenied",
      ]);
      expect([source, await ask({ ...target, ...denied })]).toEqual([source, "AccessDenied"]);
    }
  });

  test("neither with S3's spellings, in headers and in presigned URLs", async () => {
    const query = await part("/doc/copy");
    may("name/cos:*", "doc/*");
    for (const source of [`/${BUCKET}/secret/a`, `${BUCKET}/secret/a`, `${BUCKET}%2Fsecret/a`, ...SOURCES]) {
      const headers = { "x-amz-copy-source": source };
      const put = { method: "PUT", path: "/doc/copy" };
      expect([source, await askS3({ ...put, headers })]).toEqual([source, "AccessDenied"]);
      expect([source, await askS3({ ...put, headers, query })]).toEqual([source, "AccessDenied"]);
      const hoisted = { query: { "X-Amz-Copy-Source": source }, sign: { expires: 60 } };
      expect([source, await askS3({ ...put, ...hoisted })]).toEqual([source, "AccessDenied"]);
    }
    expect(
      await askS3({ method: "PUT", path: "/doc/copy", headers: { "x-amz-copy-source": `/${BUCKET}/doc/a` } }),
    ).toBe(200);
  });

  test("of a version is subject to its condition", async () => {
    may("name/cos:*", "doc/*", { string_equal_if_exist: { "cos:versionid": "" } });
    const copy = (source: string) =>
      ask({ method: "PUT", path: "/doc/copy", headers: { "x-cos-copy-source": source } });
    expect(await copy(`${HOST}/doc/a?versionId=null`)).toBe("AccessDenied");
    expect(await copy(`${HOST}/doc/a?versionId=`)).toBe(200);
    expect(await copy(`${HOST}/doc/a`)).toBe(200);
  });
});

describe("a deletion of several keys", () => {
  const objects = (...keys: string[]): string =>
    `<Delete>${keys.map((key) => `<Object>${key}</Object>`).join("")}</Delete>`;
  const request = (body: string) => ({
    method: "POST",
    path: "/",
    query: { delete: "" },
    headers: { "content-md5": md5(body, "base64") },
    body,
  });

  test("checks every key, however it is written, in both dialects", async () => {
    may(["name/cos:DeleteObject", "name/cos:DeleteMultipleObjects"], "doc/*");
    const body = objects(
      "<Key>secret/a</Key>",
      "<Key>&#115;ecret/a</Key>",
      "<Key><![CDATA[secret/a]]></Key>",
      "<Key>doc/../secret/a</Key>",
    );
    const signed = { ...request(body), sign: TEMPORARY };
    const responses = [await rig.ask(signed), await exchangeS3(rig.port, signed, signS3(signed, rig.nowMs))];
    for (const { status, text } of responses) {
      // The last one is a key of its own below doc/.
      expect([status, textsIn(text, "Code")]).toEqual([200, Array(3).fill("AccessDenied")]);
    }
    expect(await readSecret()).toBe("/secret/a");
  });

  test("with another method, key or sub-resource is another operation", async () => {
    may(["name/cos:DeleteMultipleObjects"], "*");
    const body = objects("<Key>doc/none</Key>");
    expect(await ask(request(body))).toBe(200);
    expect(await ask({ ...request(body), path: "/doc/a" })).toBe("NotImplemented");
    expect(await ask({ method: "DELETE", path: "/doc/a" })).toBe("AccessDenied");
  });

  test("of versions is subject to their condition", async () => {
    may("name/cos:DeleteObject", "doc/*", { string_equal_if_exist: { "cos:versionid": "" } });
    const body = objects("<Key>doc/none</Key><VersionId>null</VersionId>");
    const response = await rig.ask({ ...request(body), sign: TEMPORARY });
    expect(textsIn(response.text, "Code")).toEqual(["AccessDenied"]);
  });
});

describe("a multipart upload", () => {
  test("of a key that is not allowed cannot be continued, completed, listed or ended", async () => {
    const opened = await rig.ask({ method: "POST", path: "/secret/m", query: { uploads: "" } });
    const uploadId = textIn(opened.text, "UploadId") ?? "";
    const query = { partNumber: "1", uploadId };
    const stored = await rig.ask({ method: "PUT", path: "/secret/m", query, body: "part" });
    const etag = stored.headers.etag ?? "";
    const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
    may("name/cos:*", "doc/*");
    for (const [path, code] of [
      ["/secret/m", "AccessDenied"],
      ["/doc/m", "NoSuchUpload"],
    ] as const) {
      const requests: Ask[] = [
        { method: "PUT", path, query, body: "other" },
        { method: "PUT", path, query, headers: { "x-cos-copy-source": `${HOST}/doc/a` } },
        { method: "POST", path, query: { uploadId }, body },
        { method: "GET", path, query: { uploadId } },
        { method: "DELETE", path, query: { uploadId } },
      ];
      for (const request of requests) {
        expect([request.method, path, await ask(request)]).toEqual([request.method, path, code]);
        expect([request.method, path, await askS3(request as S3Ask)]).toEqual([request.method, path, code]);
      }
    }
    expect(await ask({ method: "POST", path: "/secret/m", query: { uploads: "" } })).toBe("AccessDenied");
    expect((await rig.ask({ method: "POST", path: "/secret/m", query: { uploadId }, body })).status).toBe(
      200,
    );
  });
});
