import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const MOST_MIB = 150;

// It runs what is built, as users do: `npm run build` first.
it(`a million entries are read in ${MOST_MIB} MiB`, async () => {
  const child = fileURLToPath(new URL("memory-child.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child]);
  const { entries, maxRssMiB } = JSON.parse(stdout) as { entries: number; maxRssMiB: number };
  expect(entries).toBe(1_000_000);
  expect(maxRssMiB).toBeLessThan(MOST_MIB);
});
