import { closeSync, constants, openSync, writeSync } from "node:fs";
import { ArgumentTypeError } from "@cosup/node";
import { visibleJson } from "../display/visible.ts";
import { writeError } from "../output.ts";

/** A pipe without a reader is an error at once, instead of a command that waits for ever. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0);

/** The file of `--log-file`: one JSON object per line, after what is there. Each line is written when it happens. */
export class LogFile {
  readonly #path: string;
  #file: number | undefined;

  /** @throws {TypeError} it cannot be written */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, FLAGS, 0o600);
    } catch (error) {
      throw new ArgumentTypeError("logFile", `${path} cannot be written: ${codeOf(error)}`);
    }
  }

  /** A log that cannot be written any more does not stop the command: a warning says so once. */
  write(line: Readonly<Record<string, unknown>>): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, `${visibleJson(JSON.stringify({ at: new Date().toISOString(), ...line }))}\n`);
    } catch (error) {
      closeSync(this.#file);
      this.#file = undefined;
      writeError(`warning: ${this.#path} cannot be written any more: ${codeOf(error)}`);
    }
  }
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENXIO" ? "it is a pipe that nobody reads" : (code ?? String(error));
}
