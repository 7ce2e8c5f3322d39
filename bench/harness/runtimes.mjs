import { existsSync, readdirSync } from "node:fs";
import { delimiter } from "node:path";
import { repository } from "./paths.mjs";

/** Where other runtimes are installed, outside the workspaces: as a command or as a binary. */
const HOMES = readableFolders(`${repository}tools/`).flatMap((name) =>
  [".bin/", "@deno/linux-x64-glibc/", "@cloudflare/workerd-linux-64/bin/"].map(
    (folder) => `${repository}tools/${name}/node_modules/${folder}`,
  ),
);

/** @param {string} folder */
function readableFolders(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The program of a runtime, from tools/ or from PATH; undefined if there is none. @param {"deno" | "workerd"} name */
export function findRuntime(name) {
  const folders = [...HOMES, ...(process.env.PATH ?? "").split(delimiter).map((folder) => `${folder}/`)];
  return folders.map((folder) => `${folder}${name}`).find((path) => existsSync(path));
}

/** The command that runs a script in Deno, or the reason why there is none. @returns {{ command: string[] } | { missing: string }} */
export function denoCommand() {
  const program = findRuntime("deno");
  if (program === undefined) return { missing: "no Deno below tools/ or in PATH" };
  return { command: [program, "run", "--allow-all", "--quiet"] };
}

/** Disables the update check of Deno and puts its cache into the repository. */
export const DENO_ENVIRONMENT = {
  DENO_NO_UPDATE_CHECK: "1",
  DENO_DIR: `${repository}bench/.cache/deno`,
};
