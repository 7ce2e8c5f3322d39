import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Columns that text takes on a terminal: 2 for a Chinese character, 2 for an emoji, 0 for a combining mark. */
export function widthOf(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** Cuts text to at most `columns`; an ellipsis stands for its rest. */
export function fit(text: string, columns: number): string {
  return widthOf(text) <= columns
    ? text
    : `${taken(text, columns - 1)}…`.slice(0, columns > 0 ? undefined : 0);
}

/** The same for a path, whose end says more than its beginning. */
export function fitPath(path: string, columns: number): string {
  if (widthOf(path) <= columns) return path;
  return `…${taken(path, columns - 1, true)}`.slice(0, columns > 0 ? undefined : 0);
}

/** As many whole characters, from the beginning or from the end, as `columns` have room for. */
function taken(text: string, columns: number, fromEnd = false): string {
  const all = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (fromEnd) all.reverse();
  const kept: string[] = [];
  let left = columns;
  for (const character of all) {
    left -= widthOf(character);
    if (left < 0) break;
    kept.push(character);
  }
  return (fromEnd ? kept.reverse() : kept).join("");
}
