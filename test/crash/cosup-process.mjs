import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
const RSS_EVERY_MS = 25;

/**
 * Runs `cosup` with --json and reads its lines.
 * @param onStart gets the child process, to kill it some time
 */
export async function runCosup(args, environment, onStart = () => {}) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart(child);
  let peakRss = 0;
  const sampler = setInterval(() => {
    peakRss = Math.max(peakRss, highWater(child.pid));
  }, RSS_EVERY_MS);
  const lines = [];
  let errors = "";
  child.stderr.on("data", (bytes) => {
    errors += bytes;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (text) => lines.push(JSON.parse(text)));
  const [code, signal] = await once(child, "close");
  clearInterval(sampler);
  return { code, signal, lines, errors, peakRss };
}

/** The kernel's own high-water mark of a process's resident memory, in bytes. */
function highWater(pid) {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(match?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
