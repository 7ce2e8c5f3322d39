// Installs and builds whatever is missing, so that `npm start` and `npm test` need nothing before them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a command in the repository, inheriting the terminal; ends this process when it fails. */
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

/** A package's own binary, started by the Node that runs this script. */
export function bin(name) {
  return `${root}node_modules/.bin/${name}`;
}

export async function ensureInstalled() {
  if (isInstalled()) return;
  console.error("cosup: installing dependencies …");
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", ["ci", ...flags], {
    cwd: root,
    stdio: ["inherit", "inherit", "ignore"],
  });
  // A mirror that lacks other platforms' optional packages makes `ci` refuse; the same versions, then, one by one.
  if (status !== 0) run("npm", ["install", "--no-save", ...flags]);
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

/** npm writes what it has installed into node_modules/.package-lock.json; a changed lockfile makes it stale. */
function isInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(`${root}package-lock.json`, "utf8")).packages;
  return Object.entries(want).every(([path, entry]) => {
    if (path === "" || entry.link || !path.includes("node_modules/")) return true;
    return have[path]?.version === entry.version || (entry.optional === true && have[path] === undefined);
  });
}

function environment() {
  return {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    npm_config_update_notifier: "false",
  };
}
