import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { installCommand, missingPackages } from "../../scripts/system-packages.mjs";

const folder = mkdtempSync(join(tmpdir(), "cosup-packages-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "here"), "");
chmodSync(join(folder, "here"), 0o755);
writeFileSync(join(folder, "not-executable"), "");
chmodSync(join(folder, "not-executable"), 0o644);

it("lists each package once whose program cannot be started", () => {
  const packages = { here: "one", missing: "two", "not-executable": "two", another: "three" };
  expect(missingPackages(packages, folder)).toEqual(["two", "three"]);
  expect(missingPackages(packages, `/nowhere:${folder}`)).toEqual(["two", "three"]);
  expect(missingPackages({ here: "one" }, folder)).toEqual([]);
});

it("prints the one command that installs them", () => {
  expect(installCommand(["spin", "strace"])).toBe("sudo apt-get install -y spin strace");
});

it("npm test in CI fails at once when a program is missing, and prints what to install", () => {
  const script = fileURLToPath(new URL("../../scripts/test.mjs", import.meta.url));
  const env = { PATH: folder, CI: "true" };
  const { status, stderr } = spawnSync(process.execPath, [script, "none"], { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([
    1,
    "cosup: tests that need util-linux are SKIPPED; sudo apt-get install -y util-linux\n",
  ]);
});
