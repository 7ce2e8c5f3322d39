// What the rows share: an emulator, the tarballs, and a throw-away project in which npm has installed all packages.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { root } from "../../scripts/bootstrap.mjs";
import { packAll } from "../../scripts/package/stage.mjs";

/** Packages that only tests of a project need. @types/node: the version that the repository has. */
const FOR_TYPES = ["@types/node@20.19.43"];
const LIMIT_MS = 240_000;

export const programs = fileURLToPath(new URL("programs/", import.meta.url));
export const tools = `${root}tools/packages/`;

/** @typedef {Awaited<ReturnType<typeof openRig>>} Rig */

/** The packages must be built. */
export async function openRig() {
  const home = mkdtempSync(join(tmpdir(), "cosup-packages-"));
  const packed = packAll(join(home, "packed"));
  const project = join(home, "project");
  mkdirSync(project);
  await installWithNpm(
    project,
    packed.map(({ tarball }) => tarball),
    FOR_TYPES,
  );
  const { startEmulator } = await import("../../packages/emulator/dist/index.js");
  const emulator = await startEmulator({
    data: join(home, "data"),
    buckets: ["packages-1250000000"],
    credentials: [{ secretId: "id", secretKey: "key" }],
  });
  return {
    home,
    packed,
    project,
    endpoint: emulator.url,
    /** The tarballs of these packages. @param {readonly string[]} names */
    tarballsOf: (...names) => names.map((name) => packed.find((each) => each.name === name).tarball),
    /** An empty folder below the project, whose packages it can import. @param {string} name */
    folder: (name) => emptyFolder(join(project, name)),
    /** An empty folder that is a project of its own. @param {string} name */
    elsewhere: (name) => emptyFolder(join(home, name)),
    close: async () => {
      await emulator.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Installs from tarballs, and what they need from npm's cache where it has it. */
export async function installWithNpm(folder, tarballs, names = []) {
  writeFileSync(join(folder, "package.json"), '{ "name": "project", "private": true }');
  const quietly = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await run("npm", ["install", "--prefer-offline", ...quietly, ...tarballs, ...names], { cwd: folder });
}

/**
 * Runs a program to its end.
 * @returns {Promise<string>} what it prints
 * @throws {Error} it fails, with all that it printed
 */
export async function run(command, words, options = {}) {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, words, {
      timeout: LIMIT_MS,
      maxBuffer: 32 * 1024 * 1024,
      ...options,
      env: environment(options.env),
    });
    return stdout + stderr;
  } catch (error) {
    throw new Error(`${[command, ...words].join(" ")}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

/** Runs a program that has to upload. */
export async function runUser(command, words, options) {
  const printed = await run(command, words, options);
  if (!/^used$/m.test(printed)) throw new Error(`${command} ${words.join(" ")} printed ${printed}`);
}

/** Copies a program of programs/ into a folder, with `require` for a name that ends with `.cjs`. @returns its path */
export function copyProgram(name, folder, as = name) {
  const to = join(folder, as);
  if (!name.endsWith(".mjs") || !as.endsWith(".cjs")) cpSync(join(programs, name), to);
  else writeFileSync(to, withRequire(readFileSync(join(programs, name), "utf8")));
  return to;
}

function withRequire(text) {
  return text.replace(/^import (\{[^}]*\}) from ("[^"]+");$/gm, "const $1 = require($2);");
}

function emptyFolder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

function environment(own) {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return { ...inherited, npm_config_update_notifier: "false", NO_COLOR: "1", DO_NOT_TRACK: "1", ...own };
}
