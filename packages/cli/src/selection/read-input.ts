import { constants, open } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";

/** What pipes held, by their path: a pipe can be read once, and a sync that watches a folder reads its rules again. */
const pipes = new Map<string, Buffer>();

/**
 * Reads a file that a flag names, or a stream, to its end.
 * @param signal ends the wait for the writer of a pipe
 */
export async function readInput(input: string | Readable, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    if (typeof input !== "string") return await readStream(input, signal);
    const known = pipes.get(input);
    if (known !== undefined) return known;
    if (!(await stat(input)).isFIFO()) return await readFile(input, { signal });
    const bytes = await readStream(await openPipe(input), signal);
    pipes.set(input, bytes);
    return bytes;
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}

function readStream(stream: Readable, signal: AbortSignal | undefined): Promise<Buffer> {
  return buffer(signal === undefined ? stream : addAbortSignal(signal, stream));
}

/** Without waiting for a writer: such a wait holds a thread, and not even the end of the process could interrupt it. */
async function openPipe(path: string): Promise<Readable> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}
