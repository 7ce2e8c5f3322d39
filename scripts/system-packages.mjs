// System programs that tests start, with the Debian package of each. `node scripts/system-packages.mjs --install` installs
// missing packages. Without them `npm test` skips tests and prints which; if CI is "true", it fails instead.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";

/** @type {Readonly<Record<string, string>>} */
export const SYSTEM_PACKAGES = {
  setpriv: "util-linux",
  rclone: "rclone",
  s3cmd: "s3cmd",
  zsh: "zsh",
  fish: "fish",
  tmux: "tmux",
  "redis-server": "redis-server",
  // With its path, because Python environments often have another program of this name.
  "/usr/bin/aws": "awscli",
  "/usr/bin/chromium": "chromium",
};

/** Whether a program is in PATH, or at its own path. Tests that need a missing one are skipped. @param {string} command */
export function hasCommand(command, path = process.env.PATH ?? "") {
  const places = isAbsolute(command)
    ? [command]
    : path.split(delimiter).map((folder) => join(folder, command));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The packages with a missing program. */
export function missingPackages(packages = SYSTEM_PACKAGES, path = process.env.PATH) {
  const missing = Object.entries(packages).filter(([command]) => !hasCommand(command, path));
  return [...new Set(missing.map(([, name]) => name))];
}

/** The command that installs the packages. @param {readonly string[]} missing */
export function installCommand(missing) {
  return `sudo apt-get install -y ${missing.join(" ")}`;
}

function install() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", ...missing]]) {
    const [program = "", ...rest] = [...(isRoot ? [] : ["sudo"]), "apt-get", ...words];
    const { status } = spawnSync(program, rest, { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) process.exit(status ?? 1);
  }
}

const isProgram = import.meta.url === pathToFileURL(process.argv[1] ?? "").href;
if (isProgram && process.argv.includes("--install")) install();
