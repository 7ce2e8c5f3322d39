import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { benchFolder } from "./paths.mjs";

/** Longer than any measurement, so only a process that hangs is killed. */
const LIMIT_MS = 15 * 60_000;

/**
 * Runs a measuring script in a fresh process and returns the JSON object of its last line.
 * @param {string[]} command the runtime and its flags
 * @param {string} script its path, relative to bench/ or absolute
 * @param {object} options passed as JSON in the first argument
 * @param {Record<string, string>} [environment]
 * @returns {Promise<any>}
 */
export async function runFresh(command, script, options, environment = {}) {
  const [program = process.execPath, ...flags] = command;
  const child = spawn(program, [...flags, resolve(benchFolder, script), JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearTimeout(timer);
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  if (code !== 0 || !line.startsWith("{")) {
    throw new Error(`${script} exited with ${code}: ${stderr.slice(-2000) || stdout.slice(-2000)}`);
  }
  return JSON.parse(line);
}

/** The Node that runs the harness. */
export const NODE = [process.execPath];
