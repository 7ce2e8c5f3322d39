import { describe, expect, test } from "vitest";
import { ROWS } from "./rows/index.ts";
import { seedsFrom } from "./rows/row.ts";

const base = Math.floor(Math.random() * 2 ** 30);

describe(`promises with a figure of their own, base ${base}`, () => {
  test.each(ROWS.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    expect(await row.run(seedsFrom(base, row.quickCases ?? Math.ceil(row.cases / 10)))).toEqual([]);
  });
});
