import { frame, pixels, short, TOP, text, WIDTH } from "./frame.mjs";

const HEIGHT = 300;
const LEFT = 64;
const RIGHT = 90;
const BOTTOM = 52;
const LINES = 4;

/**
 * Draws lines over equidistant steps, for sizes and counts that grow by a factor. The value axis begins at zero, so that
 * only a constant cost looks flat.
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.note
 * @param {string} chart.axis unit of the steps
 * @param {string[]} chart.steps
 * @param {{ name: string, style: "ours" | "floor", values: number[] }[]} chart.series
 */
export function curveChart({ title, note, axis, steps, series }) {
  const top = TOP + 8;
  const bottom = HEIGHT - BOTTOM;
  const highest = niceCeiling(Math.max(...series.flatMap(({ values }) => values)) * 1.1);
  const xOf = (/** @type {number} */ step) =>
    LEFT + ((WIDTH - LEFT - RIGHT) * step) / Math.max(1, steps.length - 1);
  const yOf = (/** @type {number} */ value) => bottom - ((bottom - top) * value) / highest;
  const drawn = [];
  for (let line = 0; line <= LINES; line += 1) {
    const value = (highest * line) / LINES;
    const y = pixels(yOf(value));
    drawn.push(
      `<line x1="${LEFT}" y1="${y}" x2="${WIDTH - RIGHT}" y2="${y}" class="grid"/>`,
      text(LEFT - 8, yOf(value) + 4, short(value), "tick", "end"),
    );
  }
  for (const [step, name] of steps.entries())
    drawn.push(text(xOf(step), bottom + 20, name, "tick", "middle"));
  drawn.push(text((LEFT + WIDTH - RIGHT) / 2, bottom + 42, axis, "note", "middle"));
  for (const { name, style, values } of series) {
    const points = values.map((value, step) => `${pixels(xOf(step))},${pixels(yOf(value))}`);
    drawn.push(`<polyline points="${points.join(" ")}" class="line ${style}"/>`);
    for (const point of points) {
      const [x, y] = point.split(",");
      drawn.push(`<circle cx="${x}" cy="${y}" r="4" class="${style}"/>`);
    }
    drawn.push(text(WIDTH - RIGHT + 10, yOf(values.at(-1) ?? 0) + 4, name));
  }
  return frame({ title, note, height: HEIGHT, body: drawn.join("\n") });
}

/** Rounds up to 1, 2, 4, 5, 8 or 10 times a power of ten. @param {number} value */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value);
  return (step ?? 10) * power;
}
