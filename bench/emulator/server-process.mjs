import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const SERVE = fileURLToPath(new URL("./serve.mjs", import.meta.url));

/**
 * @typedef {{ rss: number, cpu: NodeJS.CpuUsage }} Usage
 * @typedef {object} Server
 * @property {number} port
 * @property {number} startMs how long startEmulator() took
 * @property {number} processMs from the start of the process
 * @property {() => Promise<Usage>} usage
 * @property {() => Promise<void>} close
 * @property {() => Promise<void>} kill with SIGKILL
 */

/** @param {string} module @param {Record<string, unknown>} options of startEmulator() @returns {Promise<Server>} */
export function startServer(module, options) {
  return startProcess(SERVE, module, options);
}

/** @param {string} program @param {string} module @param {Record<string, unknown>} options @returns {Promise<Server>} */
export async function startProcess(program, module, options) {
  const began = performance.now();
  const child = fork(program, [module, JSON.stringify(options)]);
  const exit = once(child, "exit");
  const failed = exit.then(([code]) => {
    throw new Error(`the emulator ended with ${code}`);
  });
  failed.catch(() => {});
  const [ready] = await Promise.race([once(child, "message"), failed]);
  const processMs = performance.now() - began;
  return {
    ...ready,
    processMs,
    async usage() {
      child.send("usage");
      const [usage] = await Promise.race([once(child, "message"), failed]);
      return usage;
    },
    async close() {
      child.send("close");
      await exit;
    },
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}
