import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { clientOf } from "./subjects.mjs";

/**
 * Returns the absolute path of a checkout.
 * @throws {Error} the checkout has no benchmarks or is not built
 * @param {string} path @param {readonly string[]} clients programs that it must contain
 */
export function checkoutAt(path, clients) {
  // npm runs scripts in the root of the repository; INIT_CWD is the directory of the caller.
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no task of turbo reads it.
  const folder = resolve(process.env.INIT_CWD ?? "", path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`--compare needs the folder of another checkout: ${path} is not a folder`);
  }
  for (const client of clients.map((name) => clientOf(folder, name))) {
    if (!existsSync(client))
      throw new Error(`${path} is not a checkout with benchmarks: ${client} is missing`);
  }
  if (!existsSync(`${folder}/packages/node/dist/index.js`)) {
    throw new Error(`${path} is not built: run \`npm run build\` there`);
  }
  return folder;
}

/** The commit that is checked out, with a mark if the work tree has changes. @param {string} folder */
export function commitOf(folder) {
  const { stdout, status } = spawnSync("git", ["describe", "--always", "--dirty", "--exclude=*"], {
    cwd: folder,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : "unknown";
}
