import { widthOf } from "../display/width.ts";

/**
 * What stays on one line: a Chinese character or a word of other characters, with the opening punctuation before it
 * and the closing punctuation behind it, because no line begins or ends with those.
 */
const UNBROKEN = /\s*[（“]*(?:\p{Script=Han}|[^\s\p{Script=Han}，。；：、（）“”]+)?[，。；：、）”]*/gu;

/** Breaks each line of `text` where it gets wider than `columns`: between Chinese characters, and at spaces. */
export function wrapChinese(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, columns))
    .join("\n");
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const [piece] of line.matchAll(UNBROKEN)) {
    if (current !== "" && widthOf(current + piece) > columns) {
      lines.push(current);
      current = piece.trimStart();
    } else {
      current += piece;
    }
  }
  return [...lines, current.trimEnd()];
}
