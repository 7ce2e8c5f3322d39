import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fault, FaultKind } from "../../src/index.ts";
import { type Ask, type Rig, startRig, textIn } from "../rig.ts";
import { firedIn, inRun, newRun, see, strike } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true, minPartSize: 1 });
  await rig.ask({ method: "PUT", path: "/there", body: "0123456789" });
});
afterAll(() => rig.stop());

const put = (path: string): Ask => ({ method: "PUT", path, body: "0123456789" });
const READ: Ask = { method: "GET", path: "/there" };
const HEAD: Ask = { method: "HEAD", path: "/there" };
const exists = async (path: string): Promise<boolean> =>
  (await rig.ask({ method: "HEAD", path })).status === 200;

/** An upload of one part, and the request that completes it. */
async function completion(path: string): Promise<Ask> {
  const started = await rig.ask({ method: "POST", path, query: { uploads: "" } });
  const uploadId = textIn(started.text, "UploadId") ?? "";
  const part = await rig.ask({ method: "PUT", path, query: { uploadId, partNumber: "1" }, body: "part" });
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
  return { method: "POST", path, query: { uploadId }, body };
}

const shaped = (
  op: "GetObject" | "HeadObject" | "PutObject" | "CompleteMultipartUpload",
  fault: Fault | FaultKind,
) => ({ op, when: "after-commit-before-response", fault }) as const;

describe("status", () => {
  test.each([400, 403, 404, 408, 409, 412, 416, 429, 500, 502, 503, 504])("%d, once", async (status) => {
    const run = newRun(rig, { op: "PutObject", when: "before-headers", fault: { kind: "status", status } });
    const path = `/status-${status}`;
    const first = await see(rig, inRun(put(path), run));
    expect([first.status, first.end]).toEqual([status, "fin"]);
    expect(first.code).toMatch(/^[A-Z]\w+$/);
    expect(textIn(first.body, "RequestId")).toBe(/x-cos-request-id: (\S+)/.exec(first.head)?.[1]);
    expect(await exists(path)).toBe(false);
    expect((await see(rig, inRun(put(path), run))).status).toBe(200);
    expect(firedIn(rig, run)).toEqual([1]);
  });

  test.each([
    ["SlowDown", 503],
    ["EntityTooLarge", 400],
    ["ExpiredToken", 400],
    ["NoSuchUpload", 404],
    ["AccessDenied", 403],
    ["SomethingNew", 503],
  ])("code %s travels on %d", async (code, status) => {
    const { seen } = await strike(
      rig,
      { op: "PutObject", when: "before-accept", fault: { kind: "status", code } },
      put("/code"),
    );
    expect([seen.code, seen.status]).toEqual([code, status]);
  });

  test.each([
    ["before-accept", false],
    ["before-headers", false],
    ["after-4-bytes-of-request", false],
    ["after-body-before-commit", false],
    ["after-commit-before-response", true],
  ] as const)("%s: stored %s", async (when, committed) => {
    const path = `/status-${when}`;
    const { seen } = await strike(
      rig,
      { op: "PutObject", when, fault: { kind: "status", status: 500, message: "A <b> & c." } },
      put(path),
    );
    expect([seen.status, seen.code]).toEqual([500, "InternalError"]);
    expect(seen.body).toContain("<Message>A &lt;b&gt; &amp; c.</Message>");
    expect(await exists(path)).toBe(committed);
  });

  test("without a request id, as from a proxy", async () => {
    const { seen } = await strike(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 502, requestId: false } },
      READ,
    );
    expect([seen.status, seen.code]).toEqual([502, "BadGateway"]);
    expect(seen.text).not.toMatch(/request-id|RequestId|tencent/i);
  });

  test("with an HTML page, or with nothing", async () => {
    const page = await strike(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, body: "html" } },
      READ,
    );
    expect(page.seen.head).toMatch(/Content-Type: text\/html/);
    expect(page.seen.body).toMatch(/^<html>/);
    const none = await strike(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, body: "empty" } },
      READ,
    );
    expect([none.seen.status, none.seen.body]).toEqual([503, ""]);
    expect(none.seen.head).toMatch(/x-cos-request-id/);
  });

  test("HEAD has a status and no body", async () => {
    const { seen } = await strike(
      rig,
      { op: "HeadObject", when: "before-headers", fault: { kind: "status", status: 500 } },
      HEAD,
    );
    expect([seen.status, seen.body]).toEqual([500, ""]);
  });

  test.each([
    [{ retryAfter: 7 }, "7"],
    [{ retryAfter: 99_999_999 }, "99999999"],
    [{ retryAfter: "soon" }, "soon"],
    [{ retryAfterDate: 60 }, new Date(20_000 * 86_400_000 + 60_000).toUTCString()],
  ])("Retry-After %j", async (more, value) => {
    const { seen } = await strike(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, ...more } },
      READ,
    );
    expect(/Retry-After: (.*)/.exec(seen.head)?.[1]).toBe(value);
  });

  test("nth and times count the requests that match", async () => {
    const run = newRun(rig, {
      op: "GetObject",
      match: { key: "th?r*", nth: 2 },
      when: "before-headers",
      fault: { kind: "status", status: 503 },
      times: 2,
    });
    const statuses: (number | undefined)[] = [];
    for (const ask of [READ, { ...READ, path: "/other" }, HEAD, READ, READ, READ]) {
      statuses.push((await see(rig, inRun(ask, run))).status);
    }
    expect(statuses).toEqual([200, 404, 200, 503, 503, 200]);
    expect(rig.faults.receipt(run)?.instructions[0]).toMatchObject({ matched: 4, fired: 2 });
  });
});

test("deny is AccessDenied", async () => {
  const { seen } = await strike(
    rig,
    { op: "HeadObject", when: "before-headers", fault: "deny", times: "forever" },
    HEAD,
  );
  expect(seen.status).toBe(403);
  const listed = await strike(
    rig,
    { op: "ListObjects", when: "before-headers", fault: "deny" },
    { method: "GET", path: "/" },
  );
  expect(listed.seen.code).toBe("AccessDenied");
});

test.each([301, 302, 307, 308])("redirect %d", async (status) => {
  const location = "http://elsewhere.example/x";
  const { seen } = await strike(
    rig,
    { op: "*", when: "before-headers", fault: { kind: "redirect", location, status } },
    put("/moved"),
  );
  expect(seen.status).toBe(status);
  expect(seen.text).toContain(`Location: ${location}\r\n`);
  expect(await exists("/moved")).toBe(false);
});

test("an object whose answer was lost holds its files no longer than its record", async () => {
  const path = "/held";
  await rig.ask(put(path));
  const files = (await rig.dataFiles()).length;
  await strike(
    rig,
    { op: "GetObject", when: "after-commit-before-response", fault: "reset" },
    { method: "GET", path },
  );
  await strike(rig, shaped("GetObject", { kind: "body", type: "html" }), { method: "GET", path });
  await strike(
    rig,
    { op: "GetObject", when: "after-9-bytes-of-response", fault: "reset" },
    { method: "GET", path },
  );
  await rig.ask({ method: "DELETE", path });
  expect((await rig.dataFiles()).length).toBe(files - 1);
});

describe("bodies", () => {
  test("truncate keeps the length and ends the connection", async () => {
    const { seen, receipt } = await strike(rig, shaped("GetObject", { kind: "truncate", bytes: 4 }), READ);
    expect(seen.head).toMatch(/Content-Length: 10/);
    expect([seen.body, seen.end]).toEqual(["0123", "fin"]);
    expect(receipt.instructions[0]?.fired).toBe(1);
  });

  test("truncate cannot strike an answer that is no longer", async () => {
    const { seen, receipt } = await strike(rig, shaped("GetObject", { kind: "truncate", bytes: 10 }), READ);
    expect([seen.body, receipt.instructions[0]?.fired]).toEqual(["0123456789", 0]);
  });

  test("truncate cuts a Complete that has happened", async () => {
    const ask = await completion("/cut");
    const { seen } = await strike(
      rig,
      shaped("CompleteMultipartUpload", { kind: "truncate", bytes: 50 }),
      ask,
    );
    expect(seen.body.length).toBe(50);
    expect(await exists("/cut")).toBe(true);
  });

  test.each([
    [5, "15"],
    [-5, "5"],
  ])("content-length %d", async (delta, declared) => {
    const { seen } = await strike(rig, shaped("GetObject", { kind: "content-length", delta }), READ);
    expect(/Content-Length: (\d+)/.exec(seen.head)?.[1]).toBe(declared);
    expect([seen.body, seen.end]).toEqual(["0123456789", "fin"]);
  });

  test("content-length lies about the size of an object in HEAD", async () => {
    const { seen } = await strike(rig, shaped("HeadObject", { kind: "content-length", delta: 1 }), HEAD);
    expect(/Content-Length: (\d+)/.exec(seen.head)?.[1]).toBe("11");
  });

  test("gzip is the true body", async () => {
    const { seen } = await strike(rig, shaped("GetObject", { kind: "body", type: "gzip" }), READ);
    expect(seen.head).toMatch(/Content-Encoding: gzip/);
    expect(gunzipSync(Buffer.from(seen.body, "latin1")).toString()).toBe("0123456789");
  });

  test("garbage keeps the headers", async () => {
    const { seen } = await strike(rig, shaped("GetObject", { kind: "body", type: "garbage" }), READ);
    expect([seen.status, seen.body.length]).toEqual([200, 64]);
    expect(seen.head).toMatch(/x-cos-hash-crc64ecma/);
    expect(seen.body).not.toContain("0123456789");
  });

  test("html is the page of a captive portal", async () => {
    const { seen } = await strike(rig, shaped("PutObject", { kind: "body", type: "html" }), put("/portal"));
    expect([seen.status, seen.body.slice(0, 15)]).toEqual([200, "<!DOCTYPE html>"]);
    expect(seen.head).not.toMatch(/x-cos-|ETag/i);
  });

  test("empty is a success without its document", async () => {
    const ask = await completion("/mute");
    const { seen } = await strike(
      rig,
      shaped("CompleteMultipartUpload", { kind: "body", type: "empty" }),
      ask,
    );
    expect([seen.status, seen.body]).toEqual([200, ""]);
    expect(await exists("/mute")).toBe(true);
  });
});

describe("a 200 that is not the end of it", () => {
  test.each([
    ["after-body-before-commit", false],
    ["after-commit-before-response", true],
  ] as const)("late-error %s: completed %s", async (when, committed) => {
    const ask = await completion(`/late-${when}`);
    const { seen } = await strike(
      rig,
      { op: "CompleteMultipartUpload", when, fault: { kind: "late-error", code: "SlowDown" } },
      ask,
    );
    expect([seen.status, seen.code]).toEqual([200, "SlowDown"]);
    expect(await exists(`/late-${when}`)).toBe(committed);
  });

  test("late-error of a copy", async () => {
    const headers = { "x-cos-copy-source": "test-1250000000.cos.ap-guangzhou.myqcloud.com/there" };
    const { seen } = await strike(
      rig,
      { op: "CopyObject", when: "after-body-before-commit", fault: "late-error" },
      { method: "PUT", path: "/copied", headers },
    );
    expect([seen.status, seen.code]).toEqual([200, "InternalError"]);
    expect(await exists("/copied")).toBe(false);
  });

  const spaces = { kind: "keep-alive-spaces", count: 4, everyMs: 20 } as const;
  test("keep-alive-spaces, then the result", async () => {
    const ask = await completion("/spaced");
    const { seen } = await strike(rig, shaped("CompleteMultipartUpload", spaces), ask);
    expect(seen.body).toMatch(
      /^1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n[\s\S]*<CompleteMultipartUploadResult/,
    );
    expect(seen.ms).toBeGreaterThan(75);
  });

  test("keep-alive-spaces, then an error", async () => {
    const ask = await completion("/spaced-error");
    const fault = { ...spaces, code: "InternalError" } as const;
    const { seen } = await strike(
      rig,
      { op: "CompleteMultipartUpload", when: "after-body-before-commit", fault },
      ask,
    );
    expect([seen.status, seen.code]).toEqual([200, "InternalError"]);
    expect(await exists("/spaced-error")).toBe(false);
  });
});

describe("digests", () => {
  test.each([
    ["etag", "wrong", /ETag: "0123456789abcdef0123456789abcdef"/],
    ["crc64", "wrong", /x-cos-hash-crc64ecma: 1\r\n/],
  ] as const)("%s %s", async (kind, value, pattern) => {
    for (const [op, ask] of [
      ["PutObject", put("/digest")],
      ["HeadObject", HEAD],
      ["GetObject", READ],
    ] as const) {
      const { seen } = await strike(rig, shaped(op, { kind, value }), ask);
      expect(`${seen.head}\r\n`).toMatch(pattern);
    }
  });

  test.each([
    ["etag", /ETag/i],
    ["crc64", /crc64/i],
  ] as const)("%s missing", async (kind, pattern) => {
    const { seen } = await strike(rig, shaped("PutObject", { kind, value: "missing" }), put("/digest"));
    expect([seen.status, pattern.test(seen.head)]).toEqual([200, false]);
    const copy = {
      method: "PUT",
      path: "/copy",
      headers: { "x-cos-copy-source": "test-1250000000.cos.ap-guangzhou.myqcloud.com/there" },
    };
    const copied = await strike(
      rig,
      { op: "CopyObject", when: "after-commit-before-response", fault: { kind, value: "missing" } },
      copy,
    );
    expect([copied.seen.status, pattern.test(copied.seen.text)]).toEqual([200, false]);
  });

  test("the ETag of a Complete stands in its document", async () => {
    const ask = await completion("/etag");
    const { seen } = await strike(
      rig,
      shaped("CompleteMultipartUpload", { kind: "etag", value: "wrong" }),
      ask,
    );
    expect(textIn(seen.body, "ETag")).toBe('"0123456789abcdef0123456789abcdef"');
    const other = await completion("/no-etag");
    const missing = await strike(
      rig,
      shaped("CompleteMultipartUpload", { kind: "etag", value: "missing" }),
      other,
    );
    expect(textIn(missing.seen.body, "ETag")).toBeUndefined();
    expect(textIn(missing.seen.body, "Location")).toBeDefined();
  });
});
