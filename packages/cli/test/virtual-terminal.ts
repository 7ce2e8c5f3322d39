import type { TerminalStream } from "../src/display/frame.ts";

/** A terminal that knows as much as a progress display needs: line breaks, carriage returns, cursor up, erase below. */
export class VirtualTerminal implements TerminalStream {
  columns: number;
  rows: number;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** What it shows, without empty lines at the end. Every character takes one column here. */
  get text(): string {
    return this.#lines
      .map((line) => line.join("").trimEnd())
      .join("\n")
      .trimEnd();
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal reads
    for (const [token] of text.matchAll(/\u001b\[(\d*)([A-Za-z])|[^\u001b]/gu)) this.#apply(token);
  }

  #apply(token: string): void {
    if (token === "\n") {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= [];
    } else if (token === "\r") this.#column = 0;
    else if (token.endsWith("A") && token.length > 2) this.#row -= Number(token.slice(2, -1) || 1);
    else if (token === "\u001b[J") {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row]?.splice(this.#column);
    } else if (token.length <= 2) {
      const line = this.#lines[this.#row] ?? [];
      line[this.#column] = token;
      this.#column += 1;
    }
  }
}
