// Programs of the system that tests start, by the Debian package that has them. `node scripts/system-packages.mjs
// --install` installs what is missing; `npm test` says what it skips without it, and fails instead when CI is "true".
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** @type {Readonly<Record<string, string>>} */
export const SYSTEM_PACKAGES = { setpriv: "util-linux" };

/** Whether a program is in PATH. A test that needs one is skipped without it. @param {string} command */
export function hasCommand(command, path = process.env.PATH ?? "") {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The packages whose programs are missing. */
export function missingPackages(packages = SYSTEM_PACKAGES, path = process.env.PATH) {
  const missing = Object.entries(packages).filter(([command]) => !hasCommand(command, path));
  return [...new Set(missing.map(([, name]) => name))];
}

/** The one command that installs them. @param {readonly string[]} missing */
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
