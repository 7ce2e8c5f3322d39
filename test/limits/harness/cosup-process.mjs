import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { currentRss, descriptorLimit, openDescriptors, peakRss } from "./process-figures.mjs";

const cli = fileURLToPath(new URL("../../../packages/cli/bin/cosup.js", import.meta.url));
const SAMPLE_EVERY_MS = 10;
/** Only a hang is longer. */
const LIMIT_MS = 10 * 60_000;

/**
 * @typedef {object} CosupRun
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {any} summary its last line of JSON
 * @property {string} errors
 * @property {number} wallMs
 * @property {number} peakRss bytes
 * @property {number} usualRss bytes: the mean of the second half of its life
 * @property {number} descriptors the most that were open at once
 * @property {number} limit how many it may have had
 */

/**
 * Runs a real `cosup … --json` that may open `descriptors` files, and watches it from outside.
 * @param {string[]} args
 * @param {{ descriptors: number, onStart?: (kill: () => void) => void }} options
 * @returns {Promise<CosupRun>}
 */
export async function runCosup(args, { descriptors, onStart }) {
  const started = performance.now();
  // `exec`, so that the process that is watched is Node itself.
  const command = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  const child = spawn("sh", ["-c", command, process.execPath, cli, ...args, "--json"], {
    env: { ...process.env, COS_SECRET_ID: "ID", COS_SECRET_KEY: "KEY" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const seen = watch(child.pid ?? 0);
  onStart?.(() => child.kill("SIGKILL"));
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  let last = "{}";
  createInterface({ input: child.stdout }).on("line", (line) => {
    last = line;
  });
  const [code, signal] = await once(child, "close");
  const wallMs = performance.now() - started;
  return { code, signal, errors, wallMs, summary: signal === null ? JSON.parse(last) : {}, ...seen() };
}

/** Samples a process continuously; the returned function gives the figures. @param {number} pid */
function watch(pid) {
  const most = { peakRss: 0, descriptors: 0, limit: 0 };
  /** @type {number[]} */
  const rss = [];
  const look = () => {
    rss.push(currentRss(pid) || (rss.at(-1) ?? 0));
    most.peakRss = Math.max(most.peakRss, peakRss(pid));
    most.descriptors = Math.max(most.descriptors, openDescriptors(pid));
    // The shell's process until it has set the limit.
    most.limit = descriptorLimit(pid) || most.limit;
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    const later = rss.slice(rss.length / 2);
    return { ...most, usualRss: later.reduce((sum, bytes) => sum + bytes, 0) / later.length };
  };
}

/**
 * @param {string} folder
 * @param {import("./emulator.mjs").Emulator} emulator
 * @param {number} files how many at once
 */
export function copyFolder(folder, emulator, files) {
  return [
    ...["cp", "-r", folder, `cos://${emulator.bucket}/`, "--region", "ap-guangzhou"],
    ...["--endpoint", emulator.endpoint, "--files", String(files), "--state-dir", `${emulator.folder}/state`],
  ];
}
