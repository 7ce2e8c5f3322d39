import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("./run.mjs", import.meta.url));

// Reduced sizes of what `npm run test:limits` measures in full; the figures are printed when one does not hold.
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
    });
    expect(`${stdout}${stderr}`).toMatch(/^limits: [1-9]\d* hold, 0 failed$/m);
    expect(status).toBe(0);
  },
  120_000,
);
