import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each([
  ["docs/packages.svg", "packages.mjs", "drawPackages"],
  ["docs/way-of-a-byte.svg", "way.mjs", "drawWay"],
])("%s is what npm run draw makes of the code", async (file, module, draw) => {
  const drawn = (await import(`../../scripts/pictures/${module}`)) as Record<
    string,
    (root: string) => string
  >;
  expect(drawn[draw]?.(root)).toBe(readFileSync(`${root}${file}`, "utf8"));
});
