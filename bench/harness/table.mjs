import { FIGURES } from "./figures.mjs";

/** @typedef {import("./figures.mjs").Figure} Figure */

/** Prints the figures as a table. @param {Record<string, Figure>} figures */
export function printTable(figures) {
  const rows = Object.entries(figures).map(([key, figure]) => cellsOf(key, figure));
  const head = ["figure", "median", "min … max", "rounds", "target", "", "what"];
  for (const line of columns([head, ...rows])) console.log(line);
  for (const [key, { notMeasured }] of Object.entries(figures)) {
    if (notMeasured !== undefined) console.log(`NOT MEASURED: ${key}: ${notMeasured}`);
  }
}

/** Pads the cells so that columns are aligned. @param {readonly (readonly string[])[]} rows the first row is the heading */
export function columns(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** @param {string} key @param {Figure} figure */
function cellsOf(key, { value, spread, rounds, target, reached }) {
  const { says = "", unit = "" } = FIGURES[key] ?? {};
  const words = target.replace(">=", "≥").replace("<=", "≤");
  if (value === null || spread === null) return [key, "-", "-", "-", words, "not measured", says];
  const shown = `${value.toFixed(2)} ${unit}`;
  const range = `${spread.min.toFixed(2)} … ${spread.max.toFixed(2)}`;
  return [key, shown, range, String(rounds), words, reached ? "reached" : "MISSED", says];
}

/** `crc64.deno.vsHashWasm` becomes `{ crc64: { deno: { vsHashWasm } } }`. @param {Record<string, Figure>} figures */
export function nestFigures(figures) {
  /** @type {any} */
  const nested = {};
  for (const [key, figure] of Object.entries(figures)) {
    const names = key.split(".");
    const last = names.pop() ?? "";
    let place = nested;
    for (const name of names) {
      place[name] ??= {};
      place = place[name];
    }
    place[last] = figure;
  }
  return nested;
}
