import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { pattern, stored, streamTo, unfinished } from "./objects.ts";
import { type Cos, MiB, startCos, startWorker, type Worker } from "./rig.ts";

let cos: Cos;
let worker: Worker;
const SECRET = "correct horse battery staple";
const AUTHORIZATION = { authorization: `Bearer ${SECRET}` };

function settings(): Record<string, string> {
  return {
    ...cos.bindings,
    UPLOAD_SECRET: SECRET,
    SUBREQUEST_BUDGET: "50",
    MAX_BODY_BYTES: "100000000",
  };
}

beforeAll(async () => {
  cos = await startCos();
  worker = await startWorker("example", { bindings: settings(), more: { kvNamespaces: ["RECEIPTS"] } });
});
afterAll(async () => {
  await worker.stop();
  await cos.stop();
});
beforeEach(() => cos.forget());
afterEach(() => cos.interfere(undefined));

/** Fields of the Worker's responses. Each response has some of them. */
interface ResponseBody {
  readonly key: string;
  readonly etag: string;
  readonly uploadId: string;
  readonly partSize: number;
  readonly urls: readonly string[];
  readonly error: { readonly code: string; readonly message: string; readonly requestId?: string };
}

interface WorkerResponse {
  readonly status: number;
  readonly body: ResponseBody;
}

async function call(
  method: string,
  path: string,
  body?: BodyInit | object,
  more = {},
): Promise<WorkerResponse> {
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const init = { method, headers: { ...AUTHORIZATION, ...more }, body: raw ? body : JSON.stringify(body) };
  const response = await worker.fetch(path, init as RequestInit);
  return { status: response.status, body: (await response.json()) as ResponseBody };
}

const LARGE = pattern(25 * MiB + 17, 3);

describe("PUT /upload/<key>", () => {
  test.each([
    ["small", pattern(1000)],
    ["large", LARGE],
  ])("streams a %s body to COS, and remembers the receipt", async (name, bytes) => {
    const { status, body } = await call("PUT", `upload/photos/${name}.jpg`, bytes);
    expect(status).toBe(201);
    const crc64 = await crc64Of([bytes]);
    expect(body).toMatchObject({ key: `photos/${name}.jpg`, crc64, size: bytes.length });
    expect(body.etag).toMatch(/^"[0-9a-f]{32}(-\d+)?"$/);
    expect(await stored(cos, `photos/${name}.jpg`)).toEqual({ size: bytes.length, crc64 });
    expect((await call("GET", `receipt/photos/${name}.jpg`)).body).toEqual(body);
  });

  test.each([
    ["spaces and umlauts", "a b/grün.txt", "a%20b/gr%C3%BCn.txt"],
    ["a percent sign and a plus", "100%+1", "100%25+1"],
    ["slashes that are part of the name", "a//b", "a//b"],
    ["a question mark", "what?", "what%3F"],
  ])("takes keys with %s", async (_name, key, path) => {
    expect((await call("PUT", `upload/${path}`, "x")).body.key).toBe(key);
    expect((await stored(cos, key))?.size).toBe(1);
  });

  test("a body of unknown length", async () => {
    const url = new URL("upload/chunked", worker.url);
    const block = LARGE.subarray(0, MiB);
    const sent = await streamTo(url, 30, block, { method: "PUT", chunked: true, headers: AUTHORIZATION });
    expect(sent).toMatchObject({ status: 201, body: { size: 30 * MiB } });
  });
});

describe("errors have a status that fits", () => {
  test.each([
    ["no key", "upload/", "Key"],
    ["a key that begins with a slash", "upload//x", "begin"],
    ["a path that is not UTF-8", "upload/%ff", "percent-encoded"],
    ["a control character that COS refuses", "upload/a%1Ab", "0x18"],
    ["a key that is too long", `upload/${"x".repeat(851)}`, "850"],
    ["a dot segment at the end, hidden from URL parsers", "upload/a%2F..", "'..'"],
  ])("400: %s", async (_name, path, words) => {
    const { status, body } = await call("PUT", path, "x");
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "invalid-argument" });
    expect(body.error.message).toContain(words);
    expect(cos.calls).toHaveLength(0);
  });

  test.each([
    ["no secret", {}],
    ["a wrong secret", { authorization: "Bearer correct horse" }],
    ["another scheme", { authorization: `Basic ${btoa(`user:${SECRET}`)}` }],
    ["an empty secret", { authorization: "Bearer " }],
  ])("401: %s", async (_name, headers) => {
    for (const [method, path] of [
      ["PUT", "upload/x"],
      ["POST", "sign"],
      ["POST", "copy-from-r2"],
      ["GET", "anything"],
    ] as const) {
      const body = method === "PUT" ? { body: "x" } : {};
      const response = await worker.fetch(path, { method, headers, ...body });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(SECRET);
    }
    expect(cos.calls).toHaveLength(0);
  });

  test("413: a body over the plan's limit, before it is read", async () => {
    const url = new URL("upload/huge", worker.url);
    const sent = await streamTo(url, 96, LARGE.subarray(0, MiB), {
      method: "PUT",
      headers: AUTHORIZATION,
      patient: true,
    });
    expect(sent).toMatchObject({ status: 413, body: { error: { code: "too-large" } } });
    expect(cos.calls).toHaveLength(0);
  });

  test("404: no such route, receipt or move", async () => {
    for (const path of ["", "receipt/none", "copy-from-r2/none", "upload/x"]) {
      expect((await call("GET", path)).status).toBe(404);
    }
  });

  test.each([
    [403, "AccessDenied", 502, "access-denied"],
    [404, "NoSuchBucket", 502, "not-found"],
    [412, "PreconditionFailed", 412, "precondition-failed"],
    [409, "PathConflict", 409, "conflict"],
  ])("COS responds %s %s, the Worker %s", async (theirs, cosCode, ours, code) => {
    cos.interfere(async () => ({
      status: theirs,
      headers: {},
      body: `<Error><Code>${cosCode}</Code><Message>no</Message></Error>`,
    }));
    const { status, body } = await call("PUT", "upload/x", "x");
    expect(status).toBe(ours);
    expect(body.error).toMatchObject({ code });
    expect(body.error.requestId).toBeTypeOf("string");
  });

  test("400: a client's stream that breaks leaves no upload behind", async () => {
    const url = new URL("upload/broken", worker.url);
    const options = { method: "PUT", headers: AUTHORIZATION, breakAfter: 40 };
    await expect(streamTo(url, 90, LARGE.subarray(0, MiB), options)).rejects.toThrow("went away");
    await cos.whenAcknowledged("AbortMultipartUpload");
    expect(await unfinished(cos)).toBe(0);
    expect(await stored(cos, "broken")).toBeUndefined();
  });
});

describe("a Worker that is not configured says what is missing", () => {
  test.each([
    ["the secret", { UPLOAD_SECRET: "" }, {}, "PUT", "upload/x", "UPLOAD_SECRET"],
    ["the credentials", { COS_SECRET_ID: "" }, {}, "PUT", "upload/x", "COS_SECRET_ID"],
    ["the bucket", { COS_BUCKET: "" }, {}, "PUT", "upload/x", "COS_BUCKET"],
    ["the Durable Object", {}, { durableObjects: {} }, "POST", "copy-from-r2", "MOVES"],
    ["the R2 bucket", {}, { r2Buckets: [] }, "POST", "copy-from-r2", "R2"],
    ["the receipts", {}, {}, "GET", "receipt/x", "RECEIPTS"],
  ])("%s", async (_name, bindings, more, method, path, word) => {
    const lacking = await startWorker("example", { bindings: { ...settings(), ...bindings }, more });
    try {
      const body = path === "copy-from-r2" ? JSON.stringify({ key: "a", targetKey: "b" }) : "x";
      const response = await lacking.fetch(path, {
        method,
        headers: AUTHORIZATION,
        ...(method === "GET" ? {} : { body }),
      });
      expect(response.status).toBe(500);
      const { error } = (await response.json()) as ResponseBody;
      expect(error.code).toBe("not-configured");
      expect(error.message).toContain(word);
    } finally {
      await lacking.stop();
    }
  });
});

describe("POST /sign", () => {
  test("a browser sends the parts itself, and the Worker publishes them", async () => {
    const asked = await call("POST", "sign", {
      key: "movies/a.mp4",
      size: LARGE.length,
      contentType: "video/mp4",
    });
    expect(asked.status).toBe(200);
    const { uploadId, partSize, urls } = asked.body;
    expect(urls).toHaveLength(Math.ceil(LARGE.length / partSize));
    for (const [index, url] of urls.entries()) {
      expect(url).not.toContain("SecretKey");
      // No extra headers, as from the browser of a user.
      const part = LARGE.subarray(index * partSize, (index + 1) * partSize);
      expect((await fetch(url, { method: "PUT", body: part })).status).toBe(200);
    }
    const done = await call("POST", "complete", { key: "movies/a.mp4", uploadId, size: LARGE.length });
    const crc64 = await crc64Of([LARGE]);
    expect(done).toMatchObject({ status: 201, body: { size: LARGE.length, crc64 } });
    expect(await stored(cos, "movies/a.mp4")).toEqual({ size: LARGE.length, crc64 });
  });

  test("409: an incomplete upload is not published", async () => {
    const { body } = await call("POST", "sign", { key: "half", size: LARGE.length });
    const put = { method: "PUT", body: LARGE.subarray(0, body.partSize) };
    expect((await fetch(body.urls[0] ?? "", put)).status).toBe(200);
    const done = await call("POST", "complete", { key: "half", uploadId: body.uploadId, size: LARGE.length });
    expect(done).toMatchObject({ status: 409, body: { error: { code: "incomplete" } } });
    expect(await stored(cos, "half")).toBeUndefined();
  });

  test("a URL is good for its own part only", async () => {
    const { body } = await call("POST", "sign", { key: "one", size: LARGE.length });
    const other = body.urls[0]?.replace("partNumber=1", "partNumber=2");
    expect((await fetch(other ?? "", { method: "PUT", body: "x" })).status).toBe(403);
  });

  test.each([
    ["no JSON", "PUT me", "JSON object"],
    ["no key", { size: 1 }, "key"],
    ["no size", { key: "a" }, "size"],
    ["a negative size", { key: "a", size: -1 }, "size"],
    ["a key that cannot be expressed", { key: "a/..", size: 1 }, "'..'"],
  ])("400: %s", async (_name, given, words) => {
    const { status, body } = await call("POST", "sign", given);
    expect(status).toBe(400);
    expect(body.error.message).toContain(words);
    expect(cos.calls).toHaveLength(0);
  });
});
