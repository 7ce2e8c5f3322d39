import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Ask,
  authorize,
  BUCKET,
  queryText,
  type Rig,
  startRig,
  type TestResponse,
  textIn,
} from "../rig.ts";

const OTHER = "other-1250000000";
let rig: Rig;
let oldVersion = "";
let newVersion = "";

beforeAll(async () => {
  rig = await startRig({ buckets: [BUCKET, OTHER] });
  const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  await rig.ask({ method: "PUT", path: "/", query: { versioning: "" }, body });
});
beforeEach(async () => {
  [oldVersion = "", newVersion = ""] = [await putVersion("old"), await putVersion("new")];
});
afterAll(() => rig.stop());

async function putVersion(body: string): Promise<string | undefined> {
  return (await rig.ask({ method: "PUT", path: "/k", body })).headers["x-cos-version-id"];
}

const FORMS = ["header", "separate parameters", "sign parameter"] as const;
type Form = (typeof FORMS)[number];

/** What the owner of the key signed, and what somebody else makes of it. */
interface Altered {
  readonly signed: Ask;
  /** Path and query; the default is the path that was signed. */
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** In the place of q-url-param-list. */
  readonly list?: string;
}

function send(form: Form, altered: Altered): Promise<TestResponse> {
  const { signed } = altered;
  const host = signed.host ?? `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
  const fields = authorize(signed, { host }, Math.floor(rig.nowMs / 1000))
    .split("&")
    .map((field): [string, string] => [field.slice(0, field.indexOf("=")), field.replace(/^[^=]*=/, "")])
    .map(([name, value]) => [name, name === "q-url-param-list" ? (altered.list ?? value) : value] as const);
  const authorization = fields.map(([name, value]) => `${name}=${value}`).join("&");
  const separate = queryText(Object.fromEntries(fields));
  const added = {
    header: [],
    "separate parameters": [separate],
    "sign parameter": [`sign=${encodeURIComponent(authorization)}`],
  }[form];
  const query = [...(altered.query ? [altered.query] : []), ...added].join("&");
  const { method, body } = signed;
  return rig.ask({
    method,
    path: `${altered.path ?? signed.path}${query === "" ? "" : `?${query}`}`,
    host,
    ...(body !== undefined && { body }),
    headers: { ...altered.headers, ...(form === "header" && { authorization }) },
    sign: false,
  });
}

describe.each(FORMS)("a signature in the form: %s", (form) => {
  test("covers the version that the operation reads", async () => {
    const signed = { method: "GET", path: "/k", query: { versionId: newVersion } };
    expect((await send(form, { signed, query: `versionId=${newVersion}` })).text).toBe("new");
    expect((await send(form, { signed, query: `versionId=${oldVersion}` })).code).toBe(
      "SignatureDoesNotMatch",
    );
    for (const query of [
      `versionId=${oldVersion}&versionid=${newVersion}`,
      `versionid=${newVersion}&versionId=${oldVersion}`,
      `VersionId=${oldVersion}&versionId=${newVersion}`,
      `versionId=${newVersion}&versionId=${oldVersion}`,
      `versionId=${newVersion}&version%49d=${oldVersion}`,
    ]) {
      const response = await send(form, { signed, query });
      expect([query, response.status, response.code]).toEqual([query, 400, "InvalidArgument"]);
    }
    const repeated = await send(form, { signed, query: `versionId=${newVersion}&versionId=${newVersion}` });
    expect(repeated.text).toBe("new");
  });

  test("covers it in every spelling: a version cannot become the latest one", async () => {
    const signed = { method: "DELETE", path: "/k", query: { versionId: oldVersion } };
    const response = await send(form, { signed, query: `VERSIONID=${oldVersion}` });
    expect([response.status, response.headers["x-cos-version-id"]]).toEqual([204, oldVersion]);
    expect((await rig.ask({ method: "GET", path: "/k" })).text).toBe("new");
  });

  test("covers the sub-resource: another spelling of it, or none, is no other operation", async () => {
    const tagging = { method: "DELETE", path: "/k", query: { tagging: "" } };
    expect((await send(form, { signed: tagging, query: "TAGGING" })).status).toBe(204);
    expect((await send(form, { signed: tagging })).code).toBe("SignatureDoesNotMatch");
    expect((await send(form, { signed: tagging, query: "tagging" })).status).toBe(204);
    expect((await rig.ask({ method: "GET", path: "/k" })).text).toBe("new");

    const host = `${OTHER}.cos.ap-guangzhou.myqcloud.com`;
    for (const name of ["cors", "lifecycle"]) {
      const signed = { method: "DELETE", path: "/", host, query: { [name]: "" } };
      expect((await send(form, { signed })).code).toBe("SignatureDoesNotMatch");
      expect((await send(form, { signed, query: name.toUpperCase() })).status).toBe(204);
    }
    expect((await rig.ask({ method: "HEAD", path: "/", host })).status).toBe(200);
  });

  test("covers an upload id: an abort cannot become a deletion", async () => {
    const opened = await rig.ask({ method: "POST", path: "/k", query: { uploads: "" } });
    const uploadId = textIn(opened.text, "UploadId") ?? "";
    const signed = { method: "DELETE", path: "/k", query: { uploadId } };
    expect((await send(form, { signed, query: `UPLOADID=${uploadId}` })).status).toBe(204);
    const empty = { method: "DELETE", path: "/k", query: { uploadId: "" } };
    expect((await send(form, { signed: empty })).code).toBe("SignatureDoesNotMatch");
    expect((await rig.ask({ method: "GET", path: "/k" })).text).toBe("new");
  });

  test("covers the prefix of a listing", async () => {
    const signed = { method: "GET", path: "/", query: { prefix: "k" } };
    const listed = await send(form, { signed, query: "PREFIX=k" });
    expect([listed.status, textIn(listed.text, "Prefix")]).toEqual([200, "k"]);
    expect((await send(form, { signed, query: "prefix=x&PREFIX=k" })).code).toBe("InvalidArgument");
  });

  // A header has no line breaks.
  const separators = form === "header" ? ["&"] : ["&", "\n"];
  test.each(separators)("lists no name that stands for two, joined by %j", async (separator) => {
    const opened = await rig.ask({ method: "POST", path: "/merged", query: { uploads: "" } });
    const uploadId = textIn(opened.text, "UploadId") ?? "";
    const signed = { method: "PUT", path: "/merged", body: "x", query: { partNumber: "1", uploadId } };
    const query = `partNumber=1&uploadId=${uploadId}`;
    expect((await send(form, { signed, query })).status).toBe(200);
    const list = `partnumber=1${separator}uploadid`;
    const merged = `${encodeURIComponent(list)}=${uploadId}`;
    for (const altered of [`partNumber=7&uploadId=${uploadId}&${merged}`, merged]) {
      const response = await send(form, { signed, query: altered, list });
      expect([response.status, response.code]).toEqual([403, "AccessDenied"]);
    }
    const parts = await rig.ask({ method: "GET", path: "/merged", query: { uploadId } });
    expect(textIn(parts.text, "PartNumber")).toBe("1");
    expect(parts.text.match(/<Part>/g)).toHaveLength(1);
    expect((await rig.ask({ method: "GET", path: "/merged" })).code).toBe("NoSuchKey");
  });

  test("covers a name with an ampersand, listed as the official SDKs escape it", async () => {
    const signed = { method: "GET", path: "/k", query: { "a&b=c": "1", "ä b": "2" } };
    const query = "a%26b%3Dc=1&%C3%A4%20b=2";
    expect((await send(form, { signed, query })).text).toBe("new");
    expect((await send(form, { signed, query: query.replace("=2", "=3") })).code).toBe(
      "SignatureDoesNotMatch",
    );
  });

  test("covers the bucket of a path-style address whose key begins like one", async () => {
    const host = `127.0.0.1:${rig.port}`;
    const signed = { method: "PUT", path: `/${BUCKET}/x`, host, body: "x" };
    expect((await send(form, { signed })).status).toBe(200);
    expect((await send(form, { signed, path: `/${OTHER}/${BUCKET}/x` })).code).toBe("SignatureDoesNotMatch");
    expect((await send(form, { signed, path: `/${OTHER}%2F${BUCKET}/x` })).code).toBe(
      "SignatureDoesNotMatch",
    );
    const whole = { ...signed, path: `/${OTHER}/${BUCKET}/x` };
    expect((await send(form, { signed: whole })).status).toBe(200);
    const bucketOnly = { method: "DELETE", path: `/${BUCKET}`, host };
    expect((await send(form, { signed: bucketOnly, path: `/${OTHER}/${BUCKET}` })).code).toBe(
      "SignatureDoesNotMatch",
    );
    const withoutBucket = { method: "GET", path: `/${BUCKET}/k`, host, sign: { path: "/k" } };
    expect((await send(form, { signed: withoutBucket })).text).toBe("new");
  });
});

test("a traffic limit that is signed cannot be replaced by a header that is not", async () => {
  const signed = { method: "GET", path: "/k", query: { "x-cos-traffic-limit": "819200" } };
  const query = "x-cos-traffic-limit=819200";
  for (const [limit, status] of [
    ["838860800", 400],
    ["819200", 200],
  ] as const) {
    const headers = { "x-cos-traffic-limit": limit };
    expect((await send("separate parameters", { signed, query, headers })).status).toBe(status);
  }
});
