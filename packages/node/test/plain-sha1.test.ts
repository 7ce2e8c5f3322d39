import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainSha1 } from "../src/plain-sha1.ts";

const digestOf = (text: string): string => createHash("sha1").update(text).digest("hex");
const hmacOf = (key: string, text: string): string => createHmac("sha1", key).update(text).digest("hex");

describe("SHA-1 in JavaScript is that of node:crypto", () => {
  // Every place where the padding begins in a block or needs another one.
  test.each(Array.from({ length: 200 }, (_, length) => length))("for a text of %i bytes", (length) => {
    const text = "a".repeat(length);
    expect(plainSha1().digest(text)).toBe(digestOf(text));
    expect(plainSha1().hmac("key", text)).toBe(hmacOf("key", text));
  });

  test.each([0, 1, 63, 64, 65, 200])("for a key of %i bytes", (length) => {
    const key = "k".repeat(length);
    expect(plainSha1().hmac(key, "text")).toBe(hmacOf(key, "text"));
  });

  test("for any keys and texts, one after the other", () => {
    const sha1 = plainSha1();
    const texts = fc.string({ unit: "grapheme", maxLength: 300 });
    fc.assert(
      fc.property(texts, texts, (key, text) => {
        expect(sha1.digest(text)).toBe(digestOf(text));
        expect(sha1.hmac(key, text)).toBe(hmacOf(key, text));
        expect(sha1.hmac(key, `${text}!`)).toBe(hmacOf(key, `${text}!`));
      }),
      { numRuns: 500 },
    );
  });

  test("for a text that makes 1,000 blocks", () => {
    const text = "0123456789abcdef".repeat(4_000);
    expect(plainSha1().digest(text)).toBe(digestOf(text));
  });
});
