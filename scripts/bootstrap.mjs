// Installs and builds what is missing, so that `npm start` and `npm test` work in a fresh clone.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isInstalled } from "./installed.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

const QUIETLY = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** Runs a command in the root of the repository with inherited stdio. Exits with its status if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: environment(),
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The path of a binary of an installed package. */
export function bin(name) {
  return `${root}node_modules/.bin/${name}`;
}

export async function ensureInstalled() {
  if (isInstalled(root)) return;
  console.error("cosup: installing dependencies …");
  const { status } = spawnSync("npm", ["ci", ...QUIETLY], {
    cwd: root,
    stdio: ["inherit", "inherit", "ignore"],
  });
  // `npm ci` fails on a mirror that lacks optional packages of other platforms; `npm install` uses the same lockfile.
  if (status !== 0) run("npm", ["install", "--no-save", ...QUIETLY]);
}

/** Installs the tools of one kind of test, which have their own folder and lockfile. @param {string} folder below tools/ */
export function ensureTools(folder) {
  const cwd = `${root}tools/${folder}/`;
  if (!isInstalled(cwd)) run("npm", ["ci", ...QUIETLY], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

export async function ensureBuilt() {
  await ensureInstalled();
  run(bin("turbo"), [
    "run",
    "build",
    "--output-logs=errors-only",
    "--log-prefix=none",
    "--no-update-notifier",
  ]);
}

function environment() {
  return {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    npm_config_update_notifier: "false",
  };
}
