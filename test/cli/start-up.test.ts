import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const DIST = fileURLToPath(new URL("../../packages/cli/dist/", import.meta.url));

/** The modules that a program reads before the first line of `file` runs: of ours by file, and all others by name. */
function loadedWith(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = readFileSync(DIST + file.replace("./", ""), "utf8");
  // Not `import("…")`, which loads its module when it runs.
  for (const [, name = ""] of code.matchAll(/(?:^|;)(?:import|export)\b(?:[^;"]*?from)?\s*"([^"]+)"/gm)) {
    if (name.startsWith("./")) loadedWith(name, seen);
    else seen.add(name);
  }
  return seen;
}

// The client alone is 40 ms of processor time, twice what Node itself takes to start.
it("cosup --help loads no package, and few files", () => {
  const loaded = [...loadedWith("./main.js")];
  expect(loaded.filter((name) => !name.startsWith("./") && !name.startsWith("node:"))).toEqual([]);
  expect(loaded.filter((name) => name.startsWith("./")).length).toBeLessThan(12);
});
