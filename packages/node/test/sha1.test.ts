import { createHash, createHmac } from "node:crypto";
import type { Sha1 } from "@cosup/core/runtime";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createSha1 } from "../src/sha1.ts";

/** A program's first calls are those of the SHA-1 in JavaScript, all others of `node:crypto`. */
const FIRST_CALLS = 5;

/** One whose first calls are behind it. */
function createLaterSha1(): Sha1 {
  const sha1 = createSha1();
  for (let call = 0; call < FIRST_CALLS; call += 1) sha1.digest("x");
  return sha1;
}

const reference = (key: string, text: string): string => createHmac("sha1", key).update(text).digest("hex");

describe.each([
  ["first", createSha1],
  ["later", createLaterSha1],
])("SHA-1 and HMAC-SHA1 of the %s calls", (_, create) => {
  it("agrees with node:crypto's own for keys and texts of any length and alphabet", () => {
    const sha1 = create();
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
    expect(create().hmac("k".repeat(length), "text")).toBe(reference("k".repeat(length), "text"));
  });

  it("keeps keys apart that take turns, and texts that follow each other", () => {
    const sha1 = create();
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

it("loads node:crypto when its first calls are behind it, and not before", () => {
  const load = vi.spyOn(process, "getBuiltinModule");
  const sha1 = createSha1();
  for (let call = 0; call < FIRST_CALLS; call += 1) sha1.digest("x");
  expect(load).not.toHaveBeenCalled();
  sha1.digest("x");
  sha1.hmac("key", "x");
  expect(load.mock.calls).toEqual([["node:crypto"]]);
  load.mockRestore();
});
