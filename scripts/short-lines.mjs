// No line of a bundle is longer than a terminal shows well: Node prints the whole line with an error that escapes.

/** esbuild breaks a line at the next place that is fit for it, which may be hundreds of characters behind this. */
export const LINE_LIMIT = 80;

/**
 * An esbuild plugin. Long texts become literals of several lines, not sums: a sum is made at every start.
 * @returns {import("esbuild").Plugin}
 */
export function shortLines() {
  return {
    name: "short-lines",
    setup(build) {
      build.initialOptions.lineLimit = LINE_LIMIT;
    },
  };
}
