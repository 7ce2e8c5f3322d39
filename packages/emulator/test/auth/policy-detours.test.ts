import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorCredentials, PolicyStatement } from "../../src/index.ts";
import { exchangeS3, type S3Ask, signS3 } from "../aws4-requests.ts";
import { formBody, post, signedFields } from "../post/form-rig.ts";
import { type Ask, BUCKET, HOST, KEYS, md5, type Rig, startRig, textIn, textsIn } from "../rig.ts";

const RESOURCE = `qcs::cos:ap-guangzhou:uid/1250000000:${BUCKET}`;
const TEMPORARY = { secretId: "AKIDtmp", secretKey: "tmp" };
const credentials: EmulatorCredentials[] = [KEYS];
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ credentials, buckets: [BUCKET, "other-1250000000"], minPartSize: 1 });
  for (const path of ["/doc/a", "/secret/a"]) await rig.ask({ method: "PUT", path, body: path });
});
afterAll(() => rig.stop());

/** The temporary key may do this, and nothing else. */
function may(
  action: string | string[],
  keys: string | string[],
  condition?: PolicyStatement["condition"],
): void {
  const resource = [keys].flat().map((key) => `${RESOURCE}/${key}`);
  const statement = { effect: "allow", action, resource, ...(condition && { condition }) } as const;
  credentials[1] = { ...TEMPORARY, policy: { version: "2.0", statement } };
}

async function ask(what: Ask): Promise<string | number> {
  const response = await rig.ask({ ...what, sign: { ...TEMPORARY, ...what.sign } });
  return response.code ?? response.status;
}

async function askS3(what: S3Ask): Promise<string | number> {
  const request = { ...what, sign: { ...TEMPORARY, ...what.sign } };
  const response = await exchangeS3(rig.port, request, signS3(request, rig.nowMs));
  return response.code ?? response.status;
}

const readSecret = async () => (await rig.ask({ method: "GET", path: "/secret/a" })).text;

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

describe("a form", () => {
  const conditions = [{ bucket: BUCKET }];
  const send = async (
    fields: readonly (readonly [string, string])[],
    fileName = "a",
    more: readonly unknown[] = [],
  ) => {
    const signed = signedFields([...conditions, ...more], { nowMs: rig.nowMs, ...TEMPORARY });
    const response = await post(rig, formBody([...fields, ...signed], { content: "form", fileName }));
    return response.code ?? response.status;
  };

  test("stores under no key that is not allowed", async () => {
    may("name/cos:PostObject", "doc/*");
    const filename = "\x24{filename}";
    expect(await send([["key", `doc/${filename}`]])).toBe(204);
    expect(await send([["key", filename]], "secret")).toBe("AccessDenied");
    expect(
      await send([
        ["key", "secret/a"],
        ["key", "doc/a"],
      ]),
    ).toBe("AccessDenied");
    expect(await send([["Key", "secret/a"]])).toBe("AccessDenied");
    expect(await readSecret()).toBe("/secret/a");
  });

  test("without a signature of its own has the policy of the key that signed the request", async () => {
    may("name/cos:PostObject", "doc/*");
    for (const [key, status] of [
      ["doc/f", 204],
      ["secret/a", "AccessDenied"],
    ] as const) {
      const body = formBody([["key", key]], { content: "form" });
      const headers = { "content-type": "multipart/form-data; boundary=----FormBoundary7MA4YWxk" };
      expect([key, await ask({ method: "POST", path: "/", body, headers })]).toEqual([key, status]);
    }
  });

  test("has one ACL, which both policies see", async () => {
    may("name/cos:PostObject", "doc/*", { string_equal_if_exist: { "cos:x-cos-acl": "private" } });
    const two = [
      ["key", "doc/acl"],
      ["acl", "private"],
      ["x-cos-acl", "public-read"],
    ] as const;
    for (const fields of [two, [...two].reverse()]) {
      expect(await send(fields, "a", [{ acl: "private" }])).toBe("InvalidArgument");
      expect(await send(fields, "a", [{ "x-cos-acl": "public-read" }])).toBe("InvalidArgument");
    }
    expect(
      await send([
        ["key", "doc/acl"],
        ["acl", "public-read"],
      ]),
    ).toBe("AccessDenied");
    expect(
      await send([
        ["key", "doc/acl"],
        ["x-cos-acl", "public-read"],
      ]),
    ).toBe("AccessDenied");
    expect(
      await send(
        [
          ["key", "doc/acl"],
          ["acl", "private"],
        ],
        "a",
        [{ acl: "private" }],
      ),
    ).toBe(204);
  });
});

describe("conditions hold for S3's spellings", () => {
  const put: S3Ask = { method: "PUT", path: "/doc/s3", body: "x" };
  const inQuery = (name: string, value: string): Partial<S3Ask> => ({
    query: { [name]: value },
    sign: { expires: 60 },
  });

  test("of ACL and storage class, as headers and as parameters", async () => {
    may("name/cos:*", "doc/*", {
      string_equal_if_exist: { "cos:x-cos-acl": "private", "cos:x-cos-storage-class": "STANDARD" },
    });
    expect(await askS3(put)).toBe(200);
    expect(await askS3({ ...put, headers: { "x-amz-acl": "private" } })).toBe(200);
    for (const [name, value] of [
      ["acl", "public-read"],
      ["storage-class", "STANDARD_IA"],
    ] as const) {
      for (const prefix of ["x-amz-", "x-cos-"]) {
        expect(await askS3({ ...put, headers: { [prefix + name]: value } })).toBe("AccessDenied");
      }
      expect(await askS3({ ...put, ...inQuery(`X-Amz-${name}`, value) })).toBe("AccessDenied");
      expect(
        await askS3({ ...put, headers: { "x-amz-acl": "private" }, ...inQuery(`x-amz-${name}`, value) }),
      ).toBe(name === "acl" ? 200 : "AccessDenied");
    }
    expect((await rig.ask({ method: "GET", path: "/doc/s3", sign: false })).status).toBe(403);
  });

  test("of a version id, in any spelling", async () => {
    may("name/cos:*", "doc/*", { string_equal_if_exist: { "cos:versionid": "" } });
    for (const name of ["versionId", "VersionId", "VERSIONID"]) {
      expect(await ask({ method: "GET", path: "/doc/a", query: { [name]: "null" } })).toBe("AccessDenied");
      expect(await askS3({ method: "GET", path: "/doc/a", query: { [name]: "null" } })).toBe("AccessDenied");
    }
  });
});
