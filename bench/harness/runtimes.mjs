import { existsSync, readdirSync } from "node:fs";
import { delimiter } from "node:path";
import { repository } from "./paths.mjs";

/** Other runtimes are installed outside the workspaces, each where its tests are: as a command, or the binary alone. */
const HOMES = readableFolders(`${repository}tools/`).flatMap((name) =>
  [".bin/", "@deno/linux-x64-glibc/", "@cloudflare/workerd-linux-64/bin/"].map(
    (folder) => `${repository}tools/${name}/node_modules/${folder}`,
  ),
);

/** @param {string} folder */
function readableFolders(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The program of a runtime, ours or the system's; undefined when there is none. @param {"deno" | "workerd"} name */
export function findRuntime(name) {
  const folders = [...HOMES, ...(process.env.PATH ?? "").split(delimiter).map((folder) => `${folder}/`)];
  return folders.map((folder) => `${folder}${name}`).find((path) => existsSync(path));
}

/** How a script is run in Deno, or why it cannot be. @returns {{ command: string[] } | { missing: string }} */
export function denoCommand() {
  const program = findRuntime("deno");
  if (program === undefined) return { missing: "no Deno below tools/ or in PATH" };
  return { command: [program, "run", "--allow-all", "--quiet"] };
}

/** What keeps Deno from calling home, and its cache in the repository. */
export const DENO_ENVIRONMENT = {
  DENO_NO_UPDATE_CHECK: "1",
  DENO_DIR: `${repository}bench/.cache/deno`,
};
