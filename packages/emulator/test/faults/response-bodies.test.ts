import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { textIn } from "../rig.ts";
import { injectFault } from "./observe.ts";
import { COPY_OF_THERE, completion, exists, HEAD, put, READ, rig, shaped, useRig } from "./responses-rig.ts";

useRig();

describe("bodies", () => {
  test("truncate keeps the length and ends the connection", async () => {
    const { seen, receipt } = await injectFault(
      rig,
      shaped("GetObject", { kind: "truncate", bytes: 4 }),
      READ,
    );
    expect(seen.head).toMatch(/Content-Length: 10/);
    expect([seen.body, seen.end]).toEqual(["0123", "fin"]);
    expect(receipt.instructions[0]?.fired).toBe(1);
  });

  test("truncate does not fire at a response that is not longer", async () => {
    const { seen, receipt } = await injectFault(
      rig,
      shaped("GetObject", { kind: "truncate", bytes: 10 }),
      READ,
    );
    expect([seen.body, receipt.instructions[0]?.fired]).toEqual(["0123456789", 0]);
  });

  test("truncate cuts a Complete that has happened", async () => {
    const ask = await completion("/cut");
    const { seen } = await injectFault(
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
    const { seen } = await injectFault(rig, shaped("GetObject", { kind: "content-length", delta }), READ);
    expect(/Content-Length: (\d+)/.exec(seen.head)?.[1]).toBe(declared);
    expect([seen.body, seen.end]).toEqual(["0123456789", "fin"]);
  });

  test("content-length lies about the size of an object in HEAD", async () => {
    const { seen } = await injectFault(rig, shaped("HeadObject", { kind: "content-length", delta: 1 }), HEAD);
    expect(/Content-Length: (\d+)/.exec(seen.head)?.[1]).toBe("11");
  });

  test("gzip is the true body", async () => {
    const { seen } = await injectFault(rig, shaped("GetObject", { kind: "body", type: "gzip" }), READ);
    expect(seen.head).toMatch(/Content-Encoding: gzip/);
    expect(gunzipSync(Buffer.from(seen.body, "latin1")).toString()).toBe("0123456789");
  });

  test("garbage keeps the headers", async () => {
    const { seen } = await injectFault(rig, shaped("GetObject", { kind: "body", type: "garbage" }), READ);
    expect([seen.status, seen.body.length]).toEqual([200, 64]);
    expect(seen.head).toMatch(/x-cos-hash-crc64ecma/);
    expect(seen.body).not.toContain("0123456789");
  });

  test.each([
    [0, "1123456789"],
    [9, "0123456788"],
  ])("flip-response changes byte %d while it is sent, and nothing else", async (at, body) => {
    const { seen, receipt } = await injectFault(
      rig,
      shaped("GetObject", { kind: "flip-response", at }),
      READ,
    );
    expect([seen.status, seen.body, receipt.instructions[0]?.fired]).toEqual([200, body, 1]);
    expect(seen.head).toMatch(/Content-Length: 10/);
  });

  test("flip-response does not fire at a response that ends before that byte", async () => {
    const { seen, receipt } = await injectFault(
      rig,
      shaped("GetObject", { kind: "flip-response", at: 10 }),
      READ,
    );
    expect([seen.body, receipt.instructions[0]?.fired]).toEqual(["0123456789", 0]);
  });

  test("html is the page of a captive portal", async () => {
    const { seen } = await injectFault(
      rig,
      shaped("PutObject", { kind: "body", type: "html" }),
      put("/portal"),
    );
    expect([seen.status, seen.body.slice(0, 15)]).toEqual([200, "<!DOCTYPE html>"]);
    expect(seen.head).not.toMatch(/x-cos-|ETag/i);
  });

  test("empty is a success without its document", async () => {
    const ask = await completion("/mute");
    const { seen } = await injectFault(
      rig,
      shaped("CompleteMultipartUpload", { kind: "body", type: "empty" }),
      ask,
    );
    expect([seen.status, seen.body]).toEqual([200, ""]);
    expect(await exists("/mute")).toBe(true);
  });
});

describe("a 200 that is not the final outcome", () => {
  test.each([
    ["after-body-before-commit", false],
    ["after-commit-before-response", true],
  ] as const)("late-error %s: completed %s", async (when, committed) => {
    const ask = await completion(`/late-${when}`);
    const { seen } = await injectFault(
      rig,
      { op: "CompleteMultipartUpload", when, fault: { kind: "late-error", code: "SlowDown" } },
      ask,
    );
    expect([seen.status, seen.code]).toEqual([200, "SlowDown"]);
    expect(await exists(`/late-${when}`)).toBe(committed);
  });

  test("late-error of a copy", async () => {
    const { seen } = await injectFault(
      rig,
      { op: "CopyObject", when: "after-body-before-commit", fault: "late-error" },
      { method: "PUT", path: "/copied", headers: COPY_OF_THERE },
    );
    expect([seen.status, seen.code]).toEqual([200, "InternalError"]);
    expect(await exists("/copied")).toBe(false);
  });

  const spaces = { kind: "keep-alive-spaces", count: 4, everyMs: 20 } as const;
  test("keep-alive-spaces, then the result", async () => {
    const ask = await completion("/spaced");
    const { seen } = await injectFault(rig, shaped("CompleteMultipartUpload", spaces), ask);
    expect(seen.body).toMatch(
      /^1\r\n \r\n1\r\n \r\n1\r\n \r\n1\r\n \r\n[\s\S]*<CompleteMultipartUploadResult/,
    );
    expect(seen.ms).toBeGreaterThan(75);
  });

  test("keep-alive-spaces, then an error", async () => {
    const ask = await completion("/spaced-error");
    const fault = { ...spaces, code: "InternalError" } as const;
    const { seen } = await injectFault(
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
      const { seen } = await injectFault(rig, shaped(op, { kind, value }), ask);
      expect(`${seen.head}\r\n`).toMatch(pattern);
    }
  });

  test.each([
    ["etag", /ETag/i],
    ["crc64", /crc64/i],
  ] as const)("%s missing", async (kind, pattern) => {
    const { seen } = await injectFault(rig, shaped("PutObject", { kind, value: "missing" }), put("/digest"));
    expect([seen.status, pattern.test(seen.head)]).toEqual([200, false]);
    const copy = { method: "PUT", path: "/copy", headers: COPY_OF_THERE };
    const copied = await injectFault(
      rig,
      { op: "CopyObject", when: "after-commit-before-response", fault: { kind, value: "missing" } },
      copy,
    );
    expect([copied.seen.status, pattern.test(copied.seen.text)]).toEqual([200, false]);
  });

  test("the ETag of a Complete is in its document", async () => {
    const ask = await completion("/etag");
    const { seen } = await injectFault(
      rig,
      shaped("CompleteMultipartUpload", { kind: "etag", value: "wrong" }),
      ask,
    );
    expect(textIn(seen.body, "ETag")).toBe('"0123456789abcdef0123456789abcdef"');
    const other = await completion("/no-etag");
    const missing = await injectFault(
      rig,
      shaped("CompleteMultipartUpload", { kind: "etag", value: "missing" }),
      other,
    );
    expect(textIn(missing.seen.body, "ETag")).toBeUndefined();
    expect(textIn(missing.seen.body, "Location")).toBeDefined();
  });
});

test("after a lost response, the files of an object are deleted with its record", async () => {
  const path = "/held";
  await rig.ask(put(path));
  const files = (await rig.dataFiles()).length;
  await injectFault(
    rig,
    { op: "GetObject", when: "after-commit-before-response", fault: "reset" },
    { method: "GET", path },
  );
  await injectFault(rig, shaped("GetObject", { kind: "body", type: "html" }), { method: "GET", path });
  await injectFault(
    rig,
    { op: "GetObject", when: "after-9-bytes-of-response", fault: "reset" },
    { method: "GET", path },
  );
  await rig.ask({ method: "DELETE", path });
  // The last reader may still be about to let go of it.
  await expect.poll(() => rig.dataFiles()).toHaveLength(files - 1);
});
