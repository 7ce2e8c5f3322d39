import { type ByteSource, iterableSource } from "@cosup/core/runtime";
import { unreadable } from "./unreadable.ts";

const CHUNK_BYTES = 256 * 1024;

/** What {@link sequentialFile} reads. */
export interface SequentialFileOptions {
  /** For messages. */
  readonly name: string;
  readonly path: string;
  /** At its beginning, or what the first read opens: opening a FIFO waits for its writer. */
  readonly file: Deno.FsFile | (() => Promise<Deno.FsFile>);
  /** False: the handle is the caller's. */
  readonly closes: boolean;
}

/**
 * A FIFO, a device or a file of procfs: read once, front to back, of unknown length.
 *
 * Closing it does not wait for a FIFO that nobody has opened for writing: that would hold up an abort. Deno itself does wait
 * for it, so that after such an abort only `Deno.exit` ends the process.
 */
export function sequentialFile(options: SequentialFileOptions): ByteSource {
  const chunks = { [Symbol.asyncIterator]: () => chunksOf(options) };
  return iterableSource(chunks, { parameter: "LocalFilePath", size: undefined, mustYield: false });
}

/** No generator: that would close nothing before its first chunk, and not while it waits for one. */
function chunksOf({ name, path, file, closes }: SequentialFileOptions): AsyncIterator<Uint8Array> {
  let opening = typeof file === "function" ? undefined : Promise.resolve(file);
  const open = (): Promise<Deno.FsFile> => {
    opening ??= typeof file === "function" ? file() : Promise.resolve(file);
    return opening;
  };
  const close = (): void => {
    if (closes) void opening?.then((each) => each.close()).catch(() => {});
  };
  // The next read comes when all of the last one is copied. One of a silent FIFO outlives an abort, and writes here.
  const chunk = new Uint8Array(CHUNK_BYTES);
  return {
    next: async () => {
      try {
        const length = (await (await open()).read(chunk)) ?? 0;
        if (length > 0) return { value: chunk.subarray(0, length) };
      } catch (error) {
        throw unreadable(name, path, error);
      }
      close();
      return { done: true, value: undefined };
    },
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
  };
}
