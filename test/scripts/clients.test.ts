import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("../clients/run.mjs", import.meta.url));

it("test:clients lists every client that cannot run, with the reason, and exits 0", () => {
  const run = (args: readonly string[]) => {
    const options = { encoding: "utf8", env: { PATH: process.env.PATH ?? "" } } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
    return { status, lines: stdout.trim().split("\n"), stderr };
  };
  const names = ["cos-python-sdk-v5", "coscmd", "cos-go-sdk-v5", "coscli"];
  expect(run([])).toMatchObject({
    status: 0,
    lines: names.map((name) => `${name}: not run: no --checkout DIR`),
  });
  const empty = mkdtempSync(join(tmpdir(), "cosup-checkouts-"));
  const { status, lines } = run(["--checkout", empty]);
  rmSync(empty, { recursive: true });
  expect([status, lines[0], lines.length]).toEqual([
    0,
    "cos-python-sdk-v5: not run: no checkout of cos-python-sdk-v5",
    4,
  ]);
});
