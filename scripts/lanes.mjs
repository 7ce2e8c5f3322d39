// Runs programs in parallel. The output of each program is printed in one piece when it exits.
import { spawn } from "node:child_process";
import { root } from "./bootstrap.mjs";

/**
 * @typedef {object} Step
 * @property {string} name heading of its output
 * @property {string[]} command arguments of Node
 */

/**
 * Runs lanes in parallel, and the steps of a lane one after the other. A failure does not stop the other steps.
 * @param {readonly (readonly Step[])[]} lanes
 * @returns {Promise<boolean>} whether all steps succeeded
 */
export async function runLanes(lanes) {
  const verdicts = await Promise.all(lanes.map(runLane));
  return verdicts.every((passed) => passed);
}

/** @param {readonly Step[]} steps */
async function runLane(steps) {
  let passed = true;
  for (const { name, command } of steps) {
    const { status, output } = await runStep(command);
    process.stdout.write(`\n── ${name}\n${output}`);
    if (status !== 0) console.error(`── ${name}: FAILED`);
    passed &&= status === 0;
  }
  return passed;
}

/** @param {string[]} command @returns {Promise<{ status: number | null, output: string }>} */
function runStep(command) {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}
