import { MiB } from "../sizes.mjs";

/**
 * @typedef {object} Row one figure, compared with its bound
 * @property {string} name
 * @property {string} what
 * @property {string} bound
 * @property {string} measured
 * @property {boolean} holds
 */

/**
 * A figure that must be at most its bound.
 * @param {string} name the row, for example "parallel memory"
 * @param {string} what in words
 * @param {number} measured
 * @param {number} most
 * @param {"MiB" | "s" | ""} unit of both; MiB are given in bytes, s in milliseconds
 * @returns {Row}
 */
export function atMost(name, what, measured, most, unit = "") {
  const scale = unit === "MiB" ? MiB : unit === "s" ? 1000 : 1;
  const format = (/** @type {number} */ value) => `${round(value / scale)} ${unit}`.trim();
  return { name, what, bound: `≤ ${format(most)}`, measured: format(measured), holds: measured <= most };
}

/** Runs in which memory must exceed a bound before the row fails. */
const RUNS = 3;

/**
 * Measures memory, and again when it is above its bound: uncollected garbage shows up in one run, memory that is
 * really held in every one.
 * @template {{ overIdle: number }} T
 * @param {number} bound
 * @param {() => Promise<T>} measure
 * @returns {Promise<T[]>} all runs, the one with the least memory last
 */
export async function runsWithin(bound, measure) {
  const runs = [await measure()];
  while (runs.length < RUNS && (runs.at(-1)?.overIdle ?? 0) > bound) runs.push(await measure());
  return runs.sort((a, b) => b.overIdle - a.overIdle);
}

/** @param {number} value */
function round(value) {
  return Number.isInteger(value) ? value : value.toFixed(1);
}

/** The rows as a table of aligned columns. @param {Row[]} rows */
export function tableOf(rows) {
  const lines = [
    ["row", "what", "bound", "measured", ""],
    ...rows.map(({ name, what, bound, measured, holds }) => [
      ...[name, what, bound, measured],
      holds ? "ok" : "FAILED",
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)));
  return padded.map((line) => line.join("  ").trimEnd()).join("\n");
}
