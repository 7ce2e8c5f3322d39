// Programs run to their end, with the processor time of all their processes and threads.
import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * @typedef {object} Cost
 * @property {number} wallSeconds
 * @property {number} cpuSeconds user and system time
 */

/**
 * Runs a program to its end under bash, which counts what it and its children used.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Cost>}
 */
export async function costOf(command, env) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>"$ERRORS"; exit $?';
  const child = spawn("bash", ["-c", script, "bash", ...command], {
    env: { ...env, ERRORS: "/dev/null", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`exit ${code}: ${command.join(" ")}\n${text}`);
  const [wall = 0, user = 0, system = 0] = text.trim().split(" ").map(Number);
  return { wallSeconds: wall, cpuSeconds: user + system };
}

/**
 * The costs of each command: the median of some rounds, in which they take turns.
 * @template {string} Name
 * @param {Record<Name, () => Promise<Cost>>} programs
 * @param {number} rounds
 * @returns {Promise<Record<Name, Cost>>}
 */
export async function mediansOf(programs, rounds) {
  const names = /** @type {Name[]} */ (Object.keys(programs));
  /** @type {Map<Name, Cost[]>} */
  const costs = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      costs.get(name)?.push(await programs[name]());
    }
  }
  return /** @type {Record<Name, Cost>} */ (
    Object.fromEntries(
      [...costs].map(([name, list]) => [
        name,
        { wallSeconds: median(list, "wallSeconds"), cpuSeconds: median(list, "cpuSeconds") },
      ]),
    )
  );
}

/** @param {readonly Cost[]} costs @param {keyof Cost} field */
function median(costs, field) {
  const sorted = costs.map((cost) => cost[field]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
