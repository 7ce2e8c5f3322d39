import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkKey, keyPath } from "../../src/params/key.ts";
import { thrown } from "../support/caught.ts";

const segment = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom(".", "..", "", "...", "%2e", "%2F", "a b", "+", "ключ", "中文", "~!'()*"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
);
const key = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join("/"));

function isAccepted(value: string): boolean {
  try {
    checkKey(value);
    return true;
  } catch {
    return false;
  }
}

test("keyPath() survives a URL parser, and decodes to the key", () => {
  fc.assert(
    fc.property(key.filter(isAccepted), (value) => {
      const url = `https://host.example/${keyPath(value)}`;
      expect(new URL(url).href).toBe(url);
      expect(decodeURIComponent(new URL(url).pathname)).toBe(`/${value}`);
    }),
    { numRuns: 2000 },
  );
});

test("keyPath() gives different paths to different keys", () => {
  fc.assert(
    fc.property(key.filter(isAccepted), key.filter(isAccepted), (one, other) => {
      expect(
        new URL(keyPath(one), "https://host.example").href ===
          new URL(keyPath(other), "https://host.example").href,
      ).toBe(one === other);
    }),
  );
});

test.each([
  ["a/./b/../c//d", "a/.%2Fb/..%2Fc//d"],
  ["./a", ".%2Fa"],
  ["../../a", "..%2F..%2Fa"],
  ["./../a", ".%2F..%2Fa"],
  ["a/./", "a/.%2F"],
  ["a/.../b", "a/.../b"],
  ["a.b/..c/d..", "a.b/..c/d.."],
  ["%2e%2e/a", "%252e%252e/a"],
  ["a b+c", "a%20b%2Bc"],
  ["~-_.!'()*", "~-_.%21%27%28%29%2A"],
  ["目录/文件", "%E7%9B%AE%E5%BD%95/%E6%96%87%E4%BB%B6"],
  ["a?b#c", "a%3Fb%23c"],
])("keyPath(%j) is %s", (value, path) => {
  expect(keyPath(value)).toBe(path);
});

describe("checkKey()", () => {
  test.each([
    ["", "must not be empty"],
    ["/a", "must not begin with '/': remove it (the official SDKs do so silently)"],
    ["//a", "must not begin with '/': remove it"],
    ["\\a", "must not begin with '\\'"],
    ["a\u0018", "control characters 0x18 to 0x1B"],
    ["\u001bx", "control characters 0x18 to 0x1B"],
    ["a\ud800", "well-formed Unicode"],
    ["\udc00a", "well-formed Unicode"],
    [".", "must not end in the segment"],
    ["..", "must not end in the segment"],
    ["a/.", "must not end in the segment"],
    ["a/b/..", "must not end in the segment"],
    ["a".repeat(851), "must be 1 to 850 bytes of UTF-8, not 851"],
    ["中".repeat(284), "must be 1 to 850 bytes of UTF-8, not 852"],
  ])("refuses %j", (value, accepted) => {
    const error = thrown(() => checkKey(value));
    expect(error).toBeInstanceOf(RangeError);
    expect((error as RangeError).message).toMatch(/^Key: /);
    expect((error as RangeError).message).toContain(accepted);
  });

  test.each([undefined, null, 7, {}, Symbol("a"), ["a"]])("refuses what is not a string: %s", (value) => {
    expect(thrown(() => checkKey(value, "CopySource.Key"))).toMatchObject({
      name: "TypeError",
      message: "CopySource.Key: must be a string",
    });
  });

  test.each([
    "a",
    "a/",
    "a//b",
    ".a",
    "a..",
    "...",
    "a".repeat(850),
    `${"中".repeat(283)}a`,
    "\u0017\u001c\n",
  ])("accepts %j", (value) => {
    expect(() => checkKey(value)).not.toThrow();
  });
});
