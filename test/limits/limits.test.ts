import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("./run.mjs", import.meta.url));

/** Only a hang is longer; a busy machine takes minutes for half a million files. */
const LIMIT_MS = 600_000;

// The measurements of `npm run test:limits` with reduced sizes. The figures are printed when a row fails.
test.each([
  ["stream", "a generated stream"],
  ["tiny-chunks", "tiny chunks onto a slow wire"],
  ["parallel", "fifty uploads through one client"],
  ["folder", "a folder of small files"],
  ["killed-folder", "a folder killed half-way"],
  ["silent-streams", "an upload beside two hundred silent streams"],
])(
  "%s: %s stays within its limits",
  (row) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--quick", "--only", row], {
      encoding: "utf8",
      timeout: LIMIT_MS,
    });
    expect(`${stdout}${stderr}`).toMatch(/^limits: [1-9]\d* hold, 0 failed$/m);
    expect(status).toBe(0);
  },
  LIMIT_MS,
);
