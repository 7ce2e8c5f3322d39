import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LONG_RUNTIMES, LONG_TESTS } from "../../scripts/long-tests.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

test.each(LONG_TESTS)("%s is there, so that nothing else runs in its place", (path) => {
  const folder = path.replace(/\/\*\*$/, "");
  expect(existsSync(`${root}${folder}`), folder).toBe(true);
  if (statSync(`${root}${folder}`).isDirectory())
    expect(readdirSync(`${root}${folder}`).some((name) => name.endsWith(".test.ts"))).toBe(true);
});

test.each(LONG_RUNTIMES)("%s is a runtime of the contract suite", (name) => {
  const launcher = readFileSync(`${root}tools/runtimes/launch.mjs`, "utf8");
  expect(launcher).toMatch(new RegExp(`^  "?${name}"?: (\\{|workerdOf\\()`, "m"));
});
