import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { uploadSettings } from "../src/commands/copy-flags.ts";
import {
  atLeastOne,
  collect,
  collectMetadata,
  duration,
  httpDate,
  portNumber,
  wholeNumber,
} from "../src/parse-arguments.ts";

describe("arguments of the command line", () => {
  it("whole numbers, in any range", () => {
    expect(wholeNumber("5121")).toBe(5121);
    expect(wholeNumber("-1")).toBe(-1);
    for (const word of ["", "1.5", "1e3", "0x10", "8MB"]) {
      expect(() => wholeNumber(word)).toThrow(InvalidArgumentError);
    }
  });

  it("counts", () => {
    expect(atLeastOne("3")).toBe(3);
    for (const word of ["0", "-1", "x", "1.5"]) expect(() => atLeastOne(word)).toThrow("1 or more");
  });

  it("dates of a header", () => {
    const date = "Wed, 21 Oct 2026 07:28:00 GMT";
    expect(["0", date, "2026-10-21T09:28:00+02:00"].map(httpDate)).toEqual(["0", date, date]);
    expect(httpDate("2026-10-21")).toBe("Wed, 21 Oct 2026 00:00:00 GMT");
    for (const word of ["", "7d", "tomorrow", "2026-13-01", "Wed, 99 Oct 2026 07:28:00 GMT", "May 5", "-1"])
      expect(() => httpDate(word)).toThrow(/^It must be a date, for example 2026-10-21/);
  });

  it("ports", () => {
    expect(portNumber("0")).toBe(0);
    expect(() => portNumber("65536")).toThrow(InvalidArgumentError);
  });

  it("durations", () => {
    expect(duration("500ms")).toBe(500);
    expect(["90s", "30m", "12h", "7d", "2w"].map(duration)).toEqual([
      90_000, 1_800_000, 43_200_000, 604_800_000, 1_209_600_000,
    ]);
    expect(() => duration("7 days")).toThrow(InvalidArgumentError);
  });

  it("options that are given several times", () => {
    expect(collect("b", collect("a", undefined))).toEqual(["a", "b"]);
  });

  it("metadata, with the prefix that may be left out", () => {
    const once = collectMetadata("owner=me", undefined);
    expect(collectMetadata("X-Cos-Meta-Note=a=b", once)).toEqual({
      "x-cos-meta-owner": "me",
      "X-Cos-Meta-Note": "a=b",
    });
    expect(() => collectMetadata("owner", undefined)).toThrow(InvalidArgumentError);
    expect(() => collectMetadata("=me", undefined)).toThrow(InvalidArgumentError);
  });
});

describe("the content type", () => {
  it("is determined by the client by default, otherwise it is the given one", () => {
    expect(uploadSettings({ contentType: "auto", progress: true }).ContentType).toBeUndefined();
    expect(uploadSettings({ contentType: "text/x-mine", progress: true }).ContentType).toBe("text/x-mine");
  });
});
