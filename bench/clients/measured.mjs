import { readFileSync } from "node:fs";
import process from "node:process";

/** What the harness asks of a client: its first argument. @returns {any} */
export function readOptions() {
  return JSON.parse(process.argv[2] ?? "{}");
}

/**
 * Measures `work` alone, start-up apart, prints one line of JSON and ends the process. CPU is that of all threads of
 * the process, file reads and the garbage collector included.
 * @param {() => Promise<object | void>} work its result joins the line
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
 * The kernel's high-water mark of this very process. Not `resourceUsage().maxRSS`: that of a child begins at what its
 * parent had when it was started, which is the harness with all it has done before.
 */
function peakRss() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}
