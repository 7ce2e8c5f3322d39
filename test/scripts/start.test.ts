import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../scripts/start.mjs", import.meta.url));

// The first command of README: it interrupts an upload, so that it depends on how cosup cuts a file into parts.
test("npm start interrupts an upload, resumes it and verifies every object", { timeout: 120_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(stderr).not.toContain("the demo failed");
  const [, resumed, sent] =
    /^verified: demo\/large\.bin .* (\d+) parts resumed, (\d+) parts sent$/m.exec(stdout) ?? [];
  expect([Number(resumed) > 0, Number(sent) > 0, status]).toEqual([true, true, 0]);
});
