import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { DENO_ENVIRONMENT, denoCommand } from "../../../bench/harness/runtimes.mjs";

const root = new URL("../../../", import.meta.url);
/** Only a hang is longer. */
const LIMIT_MS = 10 * 60_000;

/**
 * @typedef {object} ClientRuntime
 * @property {string} name
 * @property {string[]} command
 * @property {string} module what `createCos` is imported from
 */

/** @type {ClientRuntime} */
export const node = {
  name: "Node",
  command: [process.execPath],
  module: new URL("packages/node/dist/index.js", root).href,
};

/** Undefined if it is not installed. @returns {ClientRuntime | undefined} */
export function deno() {
  const found = denoCommand();
  if ("missing" in found) return undefined;
  return { name: "Deno", command: found.command, module: new URL("packages/deno/mod.ts", root).href };
}

/**
 * Runs a client in a fresh process and gives the JSON of its last line.
 * @param {ClientRuntime} runtime
 * @param {string} script below clients/
 * @param {object} options
 * @returns {Promise<any>}
 */
export async function runClient({ command: [program = "", ...flags], module }, script, options) {
  const path = fileURLToPath(new URL(`../clients/${script}`, import.meta.url));
  const child = spawn(program, [...flags, path, JSON.stringify({ ...options, module })], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...DENO_ENVIRONMENT },
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const [code, signal] = await once(child, "close");
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !line.startsWith("{"))
    throw new Error(`${script} ended with ${code ?? signal}: ${errors.slice(-2000)}${output.slice(-500)}`);
  return JSON.parse(line);
}
