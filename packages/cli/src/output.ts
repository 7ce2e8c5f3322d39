import { visible, visibleJson } from "./display/visible.ts";

/** Writes a line of results to stdout. What is unsafe on a terminal, line breaks included, is made visible. */
export function writeResult(line: string): void {
  process.stdout.write(`${visible(line)}\n`);
}

/** Writes a line for people to stderr, as {@link writeResult} does. */
export function writeError(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

/** Writes one JSON line to stdout. */
export function writeJson(value: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${visibleJson(JSON.stringify(value))}\n`);
}

/** A reader that went away (`cosup … | head`) must not end an upload. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

/** Waits until what was written has left: pipes are asynchronous on Windows. */
export async function flushOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.writable) continue;
    await new Promise<void>((resolve) => {
      stream.write("", () => resolve());
    });
  }
}
