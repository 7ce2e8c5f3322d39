import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { clientOf } from "./subjects.mjs";

/**
 * The absolute path of a checkout that can be measured.
 * @param {string} path @param {readonly string[]} clients programs that it must have
 */
export function checkoutAt(path, clients) {
  // npm starts scripts in the repository, wherever it was called.
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it.
  const folder = resolve(process.env.INIT_CWD ?? "", path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`--compare takes the folder of another checkout; ${path} is none`);
  }
  for (const client of clients.map((name) => clientOf(folder, name))) {
    if (!existsSync(client)) throw new Error(`${path} is no checkout with benchmarks: it has no ${client}`);
  }
  if (!existsSync(`${folder}/packages/node/dist/index.js`)) {
    throw new Error(`${path} is not built: run \`npm run build\` there`);
  }
  return folder;
}

/** The commit that is checked out, with a mark when files differ from it. @param {string} folder */
export function commitOf(folder) {
  const { stdout, status } = spawnSync("git", ["describe", "--always", "--dirty", "--exclude=*"], {
    cwd: folder,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : "unknown";
}
