import { readdirSync, readFileSync } from "node:fs";

/**
 * The kernel's high-water mark of a process's resident memory, in bytes; 0 when it is gone. Not
 * `resourceUsage().maxRSS`, which begins at the RSS of the parent at the start of the child.
 * @param {number | "self"} pid
 */
export function peakRss(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readProc(pid, "status"))?.[1] ?? 0) * 1024;
}

/** A process's resident memory now, in bytes; 0 when it is gone. @param {number} pid */
export function currentRss(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readProc(pid, "status"))?.[1] ?? 0) * 1024;
}

/** How many descriptors a process may have; 0 when it is gone. @param {number} pid */
export function descriptorLimit(pid) {
  return Number(/Max open files\s+(\d+)/.exec(readProc(pid, "limits"))?.[1] ?? 0);
}

/** How many descriptors a process has open; 0 when it is gone. @param {number} pid */
export function openDescriptors(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** @param {number | "self"} pid @param {string} name */
function readProc(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
