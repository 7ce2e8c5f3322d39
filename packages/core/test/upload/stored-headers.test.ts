import { describe, expect, test } from "vitest";
import { compareStoredHeaders, isStoredHeader } from "../../src/upload/stored-headers.ts";

test.each([
  ["cache-control", "no-cache", true],
  ["content-type", "text/plain", true],
  ["content-length", "1", false],
  ["expires", "0", true],
  ["x-cos-meta-a", "default", true],
  ["x-gateway-cache-control", "x", false],
  ["cache-control-x", "x", false],
  ["x-gateway-key", "x", false],
  ["x-cos-acl", "private", true],
  ["x-cos-acl", "default", false],
  ["x-cos-tagging", "default", true],
  ["x-cos-traffic-limit", "819200", false],
  ["x-cos-traffic-limits", "x", true],
  ["x-cos-grant-x-cos-traffic-limit", "x", true],
  ["x-cos-forbid-overwrite", "true", false],
  ["x-cos-security-token", "x", false],
  ["x-cos-metadata-directive", "Copy", false],
  ["x-cos-copy-source", "x", false],
  ["x-cos-copy-source-range", "x", false],
  ["x-cos-server-side-encryption-customer-key", "x", false],
  ["x-cos-server-side-encryption-customer-key-md5", "x", true],
])("isStoredHeader() of %s: %s is %s", (name, value, expected) => {
  expect(isStoredHeader(name, value)).toBe(expected);
});

describe("compareStoredHeaders()", () => {
  test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ["the same value", { "cache-control": "a" }, { "cache-control": "a" }, true],
    ["another value", { "cache-control": "b" }, { "cache-control": "a" }, false],
    ["no value", {}, { "cache-control": "STANDARD" }, false],
    ["no class where STANDARD is requested", {}, { "x-cos-storage-class": "STANDARD" }, true],
    ["no class where another is requested", {}, { "x-cos-storage-class": "ARCHIVE" }, false],
    ["no value of a header that is not stored", {}, { "x-cos-traffic-limit": "819200" }, true],
  ])("with %s", (_, stored, wanted, equal) => {
    expect(compareStoredHeaders(stored, wanted, false)).toEqual({ visibleEqual: equal, invisible: [] });
  });

  test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ["a header that was not requested", { "cache-control": "a" }, {}, false],
    ["metadata that was not requested", { "x-cos-meta-a": "a" }, {}, false],
    ["a Content-Type that COS inferred", { "content-type": "text/plain" }, {}, true],
    ["a response header that describes no content", { "x-cos-request-id": "a" }, {}, true],
    ["no class", {}, {}, true],
    ["the class of a bucket of one zone", { "x-cos-storage-class": "STANDARD" }, {}, true],
    ["the class of a bucket of several zones", { "x-cos-storage-class": "MAZ_STANDARD" }, {}, true],
    ["a class that was not requested", { "x-cos-storage-class": "ARCHIVE" }, {}, false],
    [
      "the class that was requested",
      { "x-cos-storage-class": "ARCHIVE" },
      { "x-cos-storage-class": "ARCHIVE" },
      true,
    ],
  ])("exactly, with %s", (_, stored, wanted, equal) => {
    expect(compareStoredHeaders(stored, wanted, true).visibleEqual).toBe(equal);
    // What is not compared exactly may have more.
    expect(compareStoredHeaders(stored, wanted, false).visibleEqual).toBe(true);
  });

  test("names the requested headers that HEAD does not show", () => {
    const shown = {
      "cache-control": "a",
      "x-cos-storage-class": "ARCHIVE",
      "x-cos-server-side-encryption": "cos/kms",
      "x-cos-server-side-encryption-cos-kms-key-id": "key",
      "x-cos-server-side-encryption-customer-algorithm": "AES256",
      "x-cos-server-side-encryption-customer-key-md5": "md5",
    };
    const hidden = {
      "x-cos-acl": "private",
      "x-cos-tagging": "a=b",
      "x-cos-server-side-encryption-context": "e30=",
      "x-cos-grant-x-cos-storage-class": "x",
      "x-cos-storage-class-x": "x",
    };
    expect(compareStoredHeaders(shown, { ...shown, ...hidden }, false)).toEqual({
      visibleEqual: true,
      invisible: Object.keys(hidden),
    });
  });
});
