import { frame, pixels, short, TOP, text, WIDTH } from "./frame.mjs";

const ROW = 26;
const GROUP_GAP = 14;
const LABELS = 190;
const VALUES = 130;

/**
 * Draws horizontal bars in groups, all with the same scale.
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.note states whether higher or lower is better
 * @param {string} chart.unit
 * @param {{ name: string, bars: { name: string, value: number }[] }[]} chart.groups
 */
export function barChart({ title, note, unit, groups }) {
  const filled = groups.filter(({ bars }) => bars.length > 0);
  const longest = Math.max(...filled.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const scale = (WIDTH - LABELS - VALUES) / longest;
  const drawn = [];
  let y = TOP;
  for (const { name, bars } of filled) {
    if (name !== "") {
      drawn.push(text(16, y + 14, name, "group"));
      y += ROW - 4;
    }
    for (const bar of bars) {
      const width = Math.max(1, bar.value * scale);
      drawn.push(
        text(LABELS - 8, y + 15, bar.name, "", "end"),
        `<rect x="${LABELS}" y="${pixels(y + 2)}" width="${pixels(width)}" height="${ROW - 8}" rx="3" class="${styleOf(bar.name)}"/>`,
        text(LABELS + width + 8, y + 15, `${short(bar.value)} ${unit}`),
      );
      y += ROW;
    }
    y += GROUP_GAP;
  }
  return frame({ title, note, height: y, body: drawn.join("\n") });
}

/** @param {string} name */
function styleOf(name) {
  if (name.startsWith("ours")) return "ours";
  return name === "floor" ? "floor" : "peer";
}
