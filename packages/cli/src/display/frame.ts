import { frameOutput } from "../output.ts";
import { widthOf } from "./width.ts";

/** Of a terminal: a `tty.WriteStream`, or what a test has in its place. */
export interface TerminalStream {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const COLORS = /\u001b\[\d*m/g;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/**
 * Some lines at the bottom of the terminal that are drawn again and again. All other output goes above them. The cursor is
 * never hidden and no mode of the terminal is changed, so that a process that is killed leaves nothing behind but text.
 */
export class Frame {
  readonly #stream: TerminalStream;
  readonly #restore: () => void;
  #lines: readonly string[] = [];

  constructor(stream: TerminalStream) {
    this.#stream = stream;
    // Also when the process ends in the middle: by a second Ctrl-C, or by an error that nobody expected.
    const close = (): void => this.close();
    process.once("exit", close);
    const stopFraming = frameOutput((write) => this.#writeAbove(write));
    this.#restore = () => {
      process.off("exit", close);
      stopFraming();
    };
  }

  get columns(): number {
    return this.#stream.columns || DEFAULT_COLUMNS;
  }

  get rows(): number {
    return this.#stream.rows || DEFAULT_ROWS;
  }

  /** Replaces the lines, none of which may be wider than the terminal. */
  draw(lines: readonly string[]): void {
    if (lines.length === this.#lines.length && lines.every((line, at) => line === this.#lines[at])) return;
    // One write, so that no other process writes in between. The cursor stays below: the terminal shows ^C where it is.
    this.#stream.write(this.#erasure() + lines.map((line) => `${line}\n`).join(""));
    this.#lines = lines;
  }

  /** The terminal shows something else now, after Ctrl-Z for one: the lines are drawn again below it. */
  forget(): void {
    this.#lines = [];
  }

  /** Erases the lines for good. */
  close(): void {
    this.draw([]);
    this.#restore();
  }

  #writeAbove(write: () => void): void {
    const lines = this.#lines;
    this.draw([]);
    write();
    this.draw(lines);
  }

  /** Moves to where the lines begin, and erases from there. A terminal that became narrower has wrapped them. */
  #erasure(): string {
    if (this.#lines.length === 0) return "";
    const rows = this.#lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line.replace(COLORS, "")) / this.columns)),
      0,
    );
    return `\r\u001b[${rows}A\u001b[J`;
  }
}
