import { readFileSync } from "node:fs";
import process from "node:process";

/** Parses the options of the harness from the first argument. @returns {any} */
export function readOptions() {
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * Measures `work` without the start-up of the process, prints one line of JSON and exits. CPU time covers all threads of
 * the process, including file reads and garbage collection.
 * @param {() => Promise<object | void>} work its result is added to the JSON
 */
export async function measured(work) {
  const rssIdle = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const found = await work();
  const wallMs = performance.now() - start;
  const cpu = process.cpuUsage(cpuBefore);
  const line = {
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    cpuUserMs: cpu.user / 1000,
    cpuSystemMs: cpu.system / 1000,
    rssIdleMiB: rssIdle / 1024 ** 2,
    rssPeakMiB: peakRss() / 1024 ** 2,
    ...found,
  };
  console.log(JSON.stringify(line));
  process.exit(0);
}

/**
 * The peak RSS of this process according to the kernel. `resourceUsage().maxRSS` is not usable: that of a child process
 * begins at the RSS of its parent, the harness.
 */
function peakRss() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}
