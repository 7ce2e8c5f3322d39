// The frame of all charts. Colours come from CSS with a dark variant and the background is transparent, so that one file
// fits both themes.

export const WIDTH = 720;

const STYLE = `
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #24292f; }
.title { font-size: 16px; font-weight: 600; }
.note, .tick { fill: #59636e; font-size: 12px; }
.group { font-weight: 600; }
.ours { fill: #0969da; } .peer { fill: #afb8c1; } .floor { fill: #8c959f; }
.line { fill: none; stroke-width: 2.5; }
.line.ours { stroke: #0969da; fill: none; } .line.peer, .line.floor { stroke: #8c959f; fill: none; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note, .tick { fill: #9198a1; }
  .ours { fill: #4493f8; } .peer { fill: #59636e; } .floor { fill: #848d97; }
  .line.ours { stroke: #4493f8; } .line.peer, .line.floor { stroke: #848d97; }
  .grid { stroke: #3d444d; }
}`;

/**
 * @param {{ title: string, note: string, height: number, body: string }} chart
 * @returns {string} an SVG document
 */
export function frame({ title, note, height, body }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(note)}</desc>
<style>${STYLE}
</style>
${text(16, 26, title, "title")}
${text(16, 46, note, "note")}
${body}
</svg>
`;
}

/** The y coordinate where the drawing begins, below title and note. */
export const TOP = 64;

/** @param {number} x @param {number} y @param {string} content @param {string} [style] @param {"start" | "middle" | "end"} [anchor] */
export function text(x, y, content, style = "", anchor = "start") {
  return `<text x="${pixels(x)}" y="${pixels(y)}" class="${style}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

/** @param {number} value */
export function pixels(value) {
  return String(Math.round(value * 10) / 10);
}

/** Three significant digits, without an exponent. @param {number} value */
export function short(value) {
  if (value >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** @param {string} content */
function escapeXml(content) {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
