import { describe, expect, test } from "vitest";
import { contentTypeOf } from "../../src/content-types.ts";
import { inferContentType } from "../../src/params/content-type.ts";

const infer = (Key: string, LocalFilePath?: string | URL, Body?: unknown): string | undefined =>
  inferContentType({ Key, LocalFilePath, Body }, { byDefault: true, of: contentTypeOf });

describe("inferContentType()", () => {
  test.each([
    ["a.html", "text/html"],
    ["a.b/c.JPeG", "image/jpeg"],
    ["a.js", "text/javascript"],
    ["a.svg", "image/svg+xml"],
    ["a.wasm", "application/wasm"],
    ["a.tar.gz", "application/gzip"],
    ["目录/文件.pdf", "application/pdf"],
    ["html", undefined],
    [".html", undefined],
    ["dir.html/", undefined],
    ["dir.html/file", undefined],
    ["a.", undefined],
    ["a.unknown", undefined],
    ["a.constructor", undefined],
    ["a.__proto__", undefined],
    ["a.hasOwnProperty", undefined],
    ["a.html ", undefined],
  ])("of the key %j is %s", (key, type) => {
    expect(infer(key)).toBe(type);
  });

  test.each<[string | URL, string | undefined]>([
    ["/tmp/a.css", "text/css"],
    ["C:\\site.d\\a.css", "text/css"],
    ["C:\\site.css\\a", undefined],
    ["/tmp/site.css/a", undefined],
    [new URL("file:///tmp/a%20b.css?x=1.html"), "text/css"],
  ])("of the local file %s, when the key tells nothing, is %s", (path, type) => {
    expect(infer("k", path)).toBe(type);
    expect(infer("k.txt", path)).toBe("text/plain");
  });

  test.each<[unknown, string | undefined]>([
    [{ path: "/tmp/a.css" }, "text/css"],
    [{ path: Buffer.from("/tmp/a.css") }, undefined],
    [new URL("file:///tmp/a.css"), "text/css"],
    [{ r2: {}, key: "a.css" }, "text/css"],
    [new File([], "a.css"), "text/css"],
    [new File([], "a.css", { type: "Text/X; Charset=UTF-8" }), "text/x; charset=utf-8"],
    ["a.css", undefined],
    [null, undefined],
    [5, undefined],
    [new Uint8Array(1), undefined],
  ])("of the body %o, when the key tells nothing, is %s", (body, type) => {
    expect(infer("k", undefined, body)).toBe(type);
  });
});

describe("a table of the caller", () => {
  const by = (of: (extension: string) => unknown) =>
    inferContentType({ Key: "a.Mine" }, { byDefault: true, of });

  test("is called with the extension alone", () => {
    expect(by((extension) => `text/${extension}`)).toBe("text/mine");
  });

  test.each([undefined, null, "", 5, {}, () => "text/plain"])("that returns %o names no type", (type) => {
    expect(by(() => type)).toBeUndefined();
  });

  test("that returns what no header can contain is refused", () => {
    expect(() => by(() => "text/plain\r\nx: y")).toThrow(/^inferContentType: must be printable ASCII/);
  });
});
