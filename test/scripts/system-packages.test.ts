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
  const absolute = { [join(folder, "here")]: "one", [join(folder, "missing")]: "two" };
  expect(missingPackages(absolute, "/nowhere")).toEqual(["two"]);
});

it("prints the one command that installs them", () => {
  expect(installCommand(["spin", "strace"])).toBe("sudo apt-get install -y spin strace");
});

it("npm test in CI fails at once when a program is missing, and prints what to install", () => {
  const script = fileURLToPath(new URL("../../scripts/test.mjs", import.meta.url));
  const env = { PATH: folder, CI: "true" };
  const { status, stderr } = spawnSync(process.execPath, [script, "none"], { env, encoding: "utf8" });
  // awscli is looked for at its path, so whether it is missing depends on the machine.
  expect([status, stderr.replace(/,? awscli/g, "")]).toEqual([
    1,
    "cosup: tests that need util-linux, rclone, s3cmd, zsh, fish, tmux, redis-server are SKIPPED; sudo apt-get install -y util-linux rclone s3cmd zsh fish tmux redis-server\n",
  ]);
});
