// Limits the line length of bundles: for an uncaught error, Node prints the whole source line.

/** The limit for esbuild, which breaks a line at the next possible place; that may be hundreds of characters later. */
export const LINE_LIMIT = 80;

/**
 * An esbuild plugin. Long strings become multi-line literals, not concatenations, which would run at every start.
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
