import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const script = fileURLToPath(new URL("./crash-matrix.mjs", import.meta.url));

it("cosup cp keeps its promises when it is killed at any named point of its way", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--times", "1", "--random", "5"], {
    encoding: "utf8",
  });
  expect(`${stdout}${stderr}`).toMatch(/^crash: \d+ passed, 0 failed$/m);
  expect(status).toBe(0);
}, 300_000);
