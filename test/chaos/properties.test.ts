import { describe, expect, test } from "vitest";
import { fuzzCheckpoints } from "./fuzz/checkpoints.ts";
import { fuzzParsers } from "./fuzz/parsers.ts";
import { fuzzResponses } from "./fuzz/responses.ts";
import { CASES, PROPERTIES } from "./properties/index.ts";

const base = Math.floor(Math.random() * 2 ** 30);

describe("properties", () => {
  test.each(PROPERTIES.map((property) => [property.name, property] as const))("%s", async (_, property) => {
    await property.check(CASES / 10, base);
  });
});

describe(`hostile input, base ${base}`, () => {
  test("malformed responses and entity bombs through the parsers", () => {
    expect(fuzzParsers(20_000, base)).toEqual([]);
  });

  test("malformed responses through whole calls", async () => {
    expect(await fuzzResponses(500, base)).toEqual([]);
  });

  test.each([0, 1, 2, 3])("resumes from injured checkpoints (%i)", async (quarter) => {
    expect(await fuzzCheckpoints(250, base + quarter * 250)).toEqual([]);
  });
});
