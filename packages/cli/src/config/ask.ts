import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Interrupted } from "../interrupt.ts";
import { ConfigError } from "./config-error.ts";

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Questions on the terminal, one after the other. Lines that are typed or pasted ahead are not lost, nor shown. */
export class Questions {
  readonly #lines: Interface;
  readonly #ahead: string[] = [];
  #silent = true;
  #ended = false;
  #next: { resolve(line: string): void; reject(reason: unknown): void } | undefined;

  constructor() {
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        if (!this.#silent) process.stderr.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
    this.#lines.on("line", (line) => this.#take(line));
    this.#lines.on("SIGINT", () => this.#lines.close());
    this.#lines.on("close", () => {
      this.#ended = true;
      this.#next?.reject(new Interrupted("SIGINT"));
    });
  }

  /**
   * @param hidden whether what is typed is not shown
   * @throws {Interrupted} Ctrl-C or Ctrl-D
   */
  ask(question: string, hidden = false): Promise<string> {
    if (this.#ended) return Promise.reject(new Interrupted("SIGINT"));
    const line = this.#ahead.shift();
    this.#silent = hidden || line !== undefined;
    // readline writes the question again when a line is edited; it writes nothing while it is silent.
    this.#lines.setPrompt(question);
    if (this.#silent) process.stderr.write(question);
    else this.#lines.prompt();
    if (line !== undefined) {
      process.stderr.write("\n");
      return Promise.resolve(line);
    }
    return new Promise((resolve, reject) => {
      this.#next = { resolve, reject };
    });
  }

  close(): void {
    this.#next = undefined;
    this.#lines.close();
  }

  #take(line: string): void {
    if (this.#silent && this.#next !== undefined) process.stderr.write("\n");
    // At once: the next line may be a secret, and be there already.
    this.#silent = true;
    if (this.#next === undefined) this.#ahead.push(line.trim());
    else this.#next.resolve(line.trim());
    this.#next = undefined;
  }
}

/**
 * Reads a secret: on the terminal without showing it, else one line of stdin.
 * @throws {ConfigError} stdin has no line, or more than one
 */
export async function readSecret(field: string): Promise<string> {
  if (canAsk()) {
    const questions = new Questions();
    try {
      return await questions.ask(`${field} (not shown): `, true);
    } finally {
      questions.close();
    }
  }
  if (process.stdin.isTTY)
    throw new ConfigError(`${field} is asked for on stderr, which is no terminal: write it to stdin`);
  const [line = "", ...more] = (await text(process.stdin)).trim().split(/\r?\n/);
  if (line === "" || more.length > 0) throw new ConfigError(`${field}: stdin must have one line, the value`);
  return line;
}
