import { ArgumentRangeError, ArgumentTypeError } from "@cosup/core";
import { type PartsInThreads, type Runtime, splitUrl } from "@cosup/core/runtime";
import { watchedExchange } from "../exchange-channel.ts";
import { chooseProxy } from "../proxy-choice.ts";
import { lendableFile } from "../sources/shared-file.ts";
import type { Transport, TransportOptions } from "../transport.ts";
import { FilePart, FilePartBody } from "./file-in-threads.ts";
import { Threads } from "./threads.ts";

/** More than any machine needs; a limit against errors. */
const MOST = 128;
const ACCEPTED = `must be a whole number of threads, from 1 to ${MOST}`;

/** Of file blocks, in each thread. */
const MEMORY_BYTES = 16 * 1024 ** 2;

export interface ThreadOptions {
  /**
   * Threads that read, digest, encrypt and send the parts of files, with connections of their own; 1 to 128. Not given: this
   * thread does everything. For uploads of large files that keep a core busy, which HTTPS does at about 1 GB/s. Streams, bytes,
   * `FileHandle`s, parts of at most 256 KiB, and uploads with a `ContentMD5` of the whole or a `bandwidthLimit` are sent from
   * this thread. Each thread takes about 20 MiB; it starts with the first part and ends after 10 seconds without one. Needs Node.
   */
  readonly threads?: number | null | undefined;
}

type SendingRuntime = Pick<Transport, "send" | "close"> & Pick<Runtime, "partsInThreads">;

/**
 * Lets threads send the parts of files, and the transport everything else.
 * @throws {TypeError} {@link RangeError} `threads` is wrong
 */
export function withThreads(transport: Transport, options: TransportOptions & ThreadOptions): SendingRuntime {
  const { threads: count, dispatcher, proxy } = options;
  if (count === undefined || count === null) return { send: transport.send, close: transport.close };
  if (typeof count !== "number") throw new ArgumentTypeError("threads", ACCEPTED);
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new ArgumentRangeError("threads", `${ACCEPTED}, not ${count}`);
  }
  if (dispatcher) throw new ArgumentTypeError("threads", "excludes dispatcher: give one or the other");
  if (process.versions.bun !== undefined)
    throw new ArgumentTypeError("threads", "needs Node: leave it out in Bun");
  const threads = new Threads(count, MEMORY_BYTES);
  const choice = chooseProxy(proxy);
  const proxyOf = (url: string): string | undefined => choice?.(splitUrl(url).origin);
  return {
    send: (request) =>
      request.blocks instanceof FilePartBody
        ? watchedExchange(request, request.blocks.send(request))
        : transport.send(request),
    partsInThreads: (source): PartsInThreads | undefined => {
      const file = lendableFile(source);
      if (file === undefined) return undefined;
      return (start, length, signal) => new FilePart({ file, threads, proxyOf }, start, length, signal);
    },
    close: async () => {
      await Promise.all([transport.close(), threads.close()]);
    },
  };
}
