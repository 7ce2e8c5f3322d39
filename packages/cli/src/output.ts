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

/** Writes one JSON line to stdout. */
export function writeJson(value: Readonly<Record<string, unknown>>): void {
  write(process.stdout, `${visibleJson(JSON.stringify(value))}\n`);
}

/** Ignores EPIPE on stdout and stderr: a reader that closes its pipe (`cosup … | head`) must not stop an upload. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    let failed = false;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Once: a full disk fails every later write too, also that of the end of the process.
      if (error.code === "EPIPE" || failed) return;
      failed = true;
      throw error;
    });
  }
}

/** Waits until all output is written. Pipes are asynchronous, so exiting earlier could lose output. */
export async function flushOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.writable) continue;
    await new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    });
  }
}
