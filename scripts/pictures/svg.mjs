// What the pictures of the architecture share: boxes, arrows, and colours for light and dark pages.

const STYLE = `text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",sans-serif;text-anchor:middle;fill:#1f2933}
.title{font-size:15px;font-weight:600}.small{font-size:12px;fill:#52606d}.file{font-size:11px;fill:#52606d;font-family:ui-monospace,monospace}
.box{fill:#eef4ff;stroke:#3b6fd4;stroke-width:1.5}.apart{fill:#eefaf0;stroke:#2f8f4e;stroke-width:1.5;stroke-dasharray:5 4}
.wasm{fill:#fff4e0;stroke:#c77700;stroke-width:1.5}.arrow{stroke:#52606d;stroke-width:1.6;fill:none;marker-end:url(#head)}
@media (prefers-color-scheme:dark){text{fill:#e4e7eb}.small,.file{fill:#9aa5b1}.box{fill:#16233d;stroke:#6f9bf0}.apart{fill:#12291a;stroke:#5fbf7f}.wasm{fill:#33240a;stroke:#e0a030}.arrow{stroke:#9aa5b1}}`;

/**
 * @typedef {{ x: number, y: number, width: number, height: number }} Place
 */

/** @param {number} width @param {number} height @param {string} label @param {readonly string[]} content */
export function picture(width, height, label, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<style>${STYLE}</style>
<defs><marker id="head" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto"><path d="M0 0L8 4L0 8z" fill="#7b8794"/></marker></defs>
${content.join("\n")}
</svg>
`;
}

/** @param {Place} place @param {string} kind a class of the style @param {string} title @param {readonly { kind: string, text: string }[]} lines */
export function box({ x, y, width, height }, kind, title, lines) {
  const middle = x + width / 2;
  const texts = lines.map(
    ({ kind: style, text }, index) =>
      `<text class="${style}" x="${middle}" y="${y + 44 + 17 * index}">${escapeText(text)}</text>`,
  );
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="${middle}" y="${y + 24}">${escapeText(title)}</text>`,
    ...texts,
  ].join("");
}

/** @param {readonly [number, number]} from @param {readonly [number, number]} to */
export function arrow([x1, y1], [x2, y2]) {
  return `<path class="arrow" d="M${x1} ${y1}L${x2} ${y2}"/>`;
}

/** @param {string} text */
function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
