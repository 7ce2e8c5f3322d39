import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSha1 } from "../src/sha1.ts";

const reference = (key: string, text: string): string => createHmac("sha1", key).update(text).digest("hex");

describe("SHA-1 and HMAC-SHA1 of one-shot hashes", () => {
  it("agrees with node:crypto's own for keys and texts of any length and alphabet", () => {
    const sha1 = createSha1();
    const any = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(any, any, (key, text) => {
        expect(sha1.hmac(key, text)).toBe(reference(key, text));
        expect(sha1.digest(text)).toBe(createHash("sha1").update(text).digest("hex"));
      }),
      { numRuns: 500 },
    );
  });

  it.each([63, 64, 65])("takes a key of %i bytes, at the border of a block", (length) => {
    expect(createSha1().hmac("k".repeat(length), "text")).toBe(reference("k".repeat(length), "text"));
  });

  it("keeps keys apart that take turns, and texts that follow each other", () => {
    const sha1 = createSha1();
    for (const [key, text] of [
      ["one", "a longer text first"],
      ["other", "b"],
      ["one", "b"],
      ["one", ""],
    ] as const) {
      expect(sha1.hmac(key, text)).toBe(reference(key, text));
    }
  });
});
