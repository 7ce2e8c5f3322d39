import { describe, expect, test } from "vitest";
import { fits, wildcards } from "../../src/request/wildcards.ts";

describe("a pattern", () => {
  test.each([
    ["", "", true],
    ["", "a", false],
    ["a", "", false],
    ["*", "", true],
    ["*", "a/b\nc", true],
    ["a*", "ab", true],
    ["a*", "ba", false],
    ["*a", "ba", true],
    ["*a", "ab", false],
    ["a*b*c", "a1b2b3c", true],
    ["a*b*c", "a1c2b3", false],
    ["**a**", "a", true],
    ["*ab", "aab", true],
    ["*aab*", "aaaab", true],
    ["a*a", "a", false],
    ["?", "", false],
    ["?", "€", true],
    ["?", "\u{1f600}", true],
    ["??", "\u{1f600}", false],
    ["a?c", "a\nc", true],
    ["*?b", "b", false],
    ["*?b", "ab", true],
    ["a.[b]+(c)$^|\\", "a.[b]+(c)$^|\\", true],
    ["a.c", "abc", false],
    ["A", "a", false],
  ])("%j and the text %j: %j", (pattern, text, expected) => {
    expect(wildcards(pattern, "?")(text)).toBe(expected);
  });

  test("has no sign for one character unless one is named", () => {
    expect([wildcards("a?")("ab"), wildcards("a?")("a?")]).toEqual([false, true]);
  });

  test("with many stars reads each character of a text at most once for each of its own", () => {
    let reads = 0;
    const text = new Proxy([..."aaaaaaaaaaaaaaaaaaaa"], {
      get(characters, name, receiver) {
        if (name !== "length") reads += 1;
        return Reflect.get(characters, name, receiver);
      },
    });
    const pattern = [..."*a*a*a*a*b"];
    expect(fits(text, pattern)).toBe(false);
    expect(reads).toBeLessThanOrEqual(text.length * pattern.length);
  });
});
