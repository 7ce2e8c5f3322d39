import { visible, visibleJson } from "./display/visible.ts";

type Around = (write: () => void) => void;

let frame: Around | undefined;

/**
 * Lets a progress display take its lines away while something else is written to the terminal.
 * @returns ends that
 */
export function frameOutput(around: Around): () => void {
  frame = around;
  return () => {
    if (frame === around) frame = undefined;
  };
}

function write(stream: NodeJS.WriteStream, text: string): void {
  // stdout that is a file or a pipe does not meet the display, which is on stderr.
  if (frame === undefined || (stream === process.stdout && stream.isTTY !== true)) stream.write(text);
  else frame(() => stream.write(text));
}

/** Writes a line to stdout. Characters that are unsafe on a terminal, including line breaks, are escaped. */
export function writeResult(line: string): void {
  write(process.stdout, `${visible(line)}\n`);
}

/** Writes a line to stderr. Unsafe characters are escaped as in {@link writeResult}. */
export function writeError(line: string): void {
  write(process.stderr, `${visible(line)}\n`);
}

let json = false;

/** Notes that the command prints JSON, because a variable or a profile says so. */
export function expectJson(): void {
  json = true;
}

/** Whether {@link expectJson} was called. */
export function expectsJson(): boolean {
  return json;
}

/** Writes one JSON line to stdout. */
export function writeJson(value: Readonly<Record<string, unknown>>): void {
  write(process.stdout, `${visibleJson(JSON.stringify(value))}\n`);
}

/** Why something of stdout is lost. */
let lost: unknown;

/**
 * Keeps an output that cannot be written from stopping an upload. A reader that closes its pipe (`cosup … | head`) has
 * enough; any other failure of stdout, such as a full disk, is what {@link flushOutput} returns.
 */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") lost ??= error;
  });
  // Nobody could be told.
  process.stderr.on("error", () => {});
}

/**
 * Waits until all output is written. Pipes are asynchronous, so exiting earlier could lose output.
 * @returns why something of stdout is lost; undefined: nothing is
 */
export async function flushOutput(): Promise<unknown> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.writable) continue;
    await new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    });
  }
  return lost;
}
