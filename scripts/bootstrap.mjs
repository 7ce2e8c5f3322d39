// Installs and builds what is missing, so that `npm start` and `npm test` work in a fresh clone.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isInstalled } from "./installed.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

const QUIETLY = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** Runs a command in the root of the repository with inherited stdio. Exits with its status if it fails. */
export function run(command, args, options = {}) {
  exitIfFailed(spawnSync(command, args, { cwd: root, stdio: "inherit", env: environment(), ...options }));
}

function exitIfFailed({ status, error }) {
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The package of a tool, where it does not have the tool's name. */
const PACKAGES = { tsc: "typescript", biome: "@biomejs/biome" };

/**
 * Runs a tool of an installed package in this Node. Its link in `node_modules/.bin` cannot be started on Windows.
 * @param {string} name @param {readonly string[]} args
 * @param {{ folder?: string, [option: string]: unknown }} options those of `run`, and the folder with `node_modules`
 */
export function runTool(name, args, { folder = root, ...options } = {}) {
  const home = `${folder}node_modules/${PACKAGES[name] ?? name}/`;
  const { bin } = JSON.parse(readFileSync(`${home}package.json`, "utf8"));
  run(process.execPath, [home + bin[name], ...args], options);
}

/** Runs npm. Windows starts it only through a shell. */
function npm(args, options) {
  return spawnSync("npm", args, {
    cwd: root,
    env: environment(),
    shell: process.platform === "win32",
    ...options,
  });
}

export async function ensureInstalled() {
  if (isInstalled(root)) return;
  console.error("cosup: installing dependencies …");
  const { status } = npm(["ci", ...QUIETLY], { stdio: ["inherit", "inherit", "ignore"] });
  // `npm ci` fails on a mirror that lacks optional packages of other platforms; `npm install` uses the same lockfile.
  if (status !== 0) exitIfFailed(npm(["install", "--no-save", ...QUIETLY], { stdio: "inherit" }));
}

/** Installs the tools of one kind of test, which have their own folder and lockfile. @param {string} folder below tools/ */
export function ensureTools(folder) {
  ensurePackages(`tools/${folder}`);
}

/** Installs the packages of a folder with a lockfile of its own, if they are missing. @param {string} folder from the root */
export function ensurePackages(folder) {
  const cwd = `${root}${folder}/`;
  if (!isInstalled(cwd))
    exitIfFailed(npm(["ci", ...QUIETLY], { cwd, stdio: ["ignore", "ignore", "inherit"] }));
}

export async function ensureBuilt() {
  await ensureInstalled();
  runTool("turbo", [
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
