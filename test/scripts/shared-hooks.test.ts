import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Helper modules of test files that share one program (`isolate: false` in vitest.config.ts). */
const helpers = execFileSync(
  "git",
  [
    "ls-files",
    "--",
    "core-as/test/*.ts",
    ...["core", "cli", "emulator", "workers"].map((name) => `packages/${name}/test/*.ts`),
    ...["cli", "docs", "faults", "interop", "live", "model", "node-faults"].map(
      (name) => `test/${name}/*.ts`,
    ),
  ],
  { cwd: root, encoding: "utf8" },
)
  .split("\n")
  .filter((path) => path !== "" && !path.endsWith(".test.ts"));

// Such a module is loaded once for all files of a worker: a hook at its top belongs to the first file that loads it, and
// cleans up what the next one still uses. A function that each file calls registers its hooks for that file.
test("no module that test files share registers a hook as it loads", () => {
  expect(helpers.length).toBeGreaterThan(20);
  const hooked = helpers.filter((path) =>
    /^(before|after)(All|Each)\(/m.test(readFileSync(`${root}${path}`, "utf8")),
  );
  expect(hooked).toEqual([]);
});
