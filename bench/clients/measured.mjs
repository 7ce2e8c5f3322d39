import { readdirSync, readFileSync } from "node:fs";
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
  const before = threadTimes();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const found = await work();
  const wallMs = performance.now() - start;
  const cpu = process.cpuUsage(cpuBefore);
  const busiestMs = Math.max(...[...threadTimes()].map(([id, ms]) => ms - (before.get(id) ?? 0)));
  const line = {
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    busiestMs,
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
 * The processor time of each thread of this process, in milliseconds; empty where the kernel does not tell it.
 * @returns {Map<string, number>}
 */
function threadTimes() {
  try {
    return new Map(
      readdirSync("/proc/self/task").map((id) => [
        id,
        Number(readFileSync(`/proc/self/task/${id}/schedstat`, "utf8").split(" ")[0]) / 1e6,
      ]),
    );
  } catch {
    return new Map();
  }
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
