import { describe, expect, it } from "vitest";
import { isLocation, parseLocation, parseObjectLocation } from "../src/location.ts";

describe("parseLocation", () => {
  it.each([
    ["cos://demo-1250000000", "demo-1250000000", ""],
    ["cos://demo-1250000000/", "demo-1250000000", ""],
    ["cos://demo-1250000000/a/b.txt", "demo-1250000000", "a/b.txt"],
    ["COS://demo-1250000000/a", "demo-1250000000", "a"],
    ["cos://demo-1250000000/a//b", "demo-1250000000", "a//b"],
    ["cos://demo-1250000000/a%20b?c#d", "demo-1250000000", "a%20b?c#d"],
    ["cos://demo-1250000000/with\nbreak", "demo-1250000000", "with\nbreak"],
  ])("%s", (text, bucket, key) => {
    expect(parseLocation(text)).toEqual({ bucket, key });
  });

  it.each(["demo-1250000000/key", "s3://demo-1250000000/key", "cos:/demo", ""])("refuses %s", (text) => {
    expect(() => parseLocation(text)).toThrow(TypeError);
  });

  it.each(["cos://", "cos:///key", "cos://demo/key", "cos://Demo-1250000000/key", "cos://a_b-125/key"])(
    "refuses the bucket of %s",
    (text) => {
      expect(() => parseLocation(text)).toThrow(/^Bucket: /);
    },
  );
});

describe("parseObjectLocation", () => {
  it("requires a key", () => {
    expect(() => parseObjectLocation("cos://demo-1250000000/")).toThrow(/^Key: must not be empty/);
  });

  it("counts bytes, not characters", () => {
    expect(parseObjectLocation(`cos://demo-1250000000/${"好".repeat(283)}`).key).toHaveLength(283);
    expect(() => parseObjectLocation(`cos://demo-1250000000/${"好".repeat(284)}`)).toThrow(/850 bytes/);
  });
});

it("isLocation checks only the scheme", () => {
  expect(isLocation("cos://x")).toBe(true);
  expect(isLocation("./cos:/x")).toBe(false);
});
