// No line of a bundle is longer than a terminal shows well: Node prints the whole line with an error that escapes.
import { readFileSync } from "node:fs";

/** esbuild breaks a line at the next place that is fit for it, which may be hundreds of characters behind this. */
const LINE_LIMIT = 80;
const PIECE = 200;

/**
 * An esbuild plugin.
 * @returns {import("esbuild").Plugin}
 */
export function shortLines() {
  return {
    name: "short-lines",
    setup(build) {
      build.initialOptions.lineLimit = LINE_LIMIT;
      // The parser of undici: 70 KB in one string.
      build.onLoad({ filter: /llhttp_simd-wasm\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replace(/'([\w+/=]{500,})'/g, (_literal, text) =>
          inPieces(text),
        ),
      }));
    },
  };
}

/**
 * An expression for a long text. Joined when it is evaluated: esbuild would put a sum of literals together again.
 * @param {string} text without characters to escape
 */
export function inPieces(text) {
  const pieces = text.match(new RegExp(`.{1,${PIECE}}`, "g")) ?? [];
  return `[\n${pieces.map((piece) => `  "${piece}",\n`).join("")}].join("")`;
}
