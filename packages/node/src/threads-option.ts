import { ArgumentRangeError, ArgumentTypeError } from "@cosup/core";
import {
  type BodyInBlocks,
  type PartInThread,
  type PartsInThreads,
  type Runtime,
  splitUrl,
  type WireRequest,
  type WireResponse,
} from "@cosup/core/runtime";
import { watchedExchange } from "./exchange-channel.ts";
import { onDemand } from "./on-demand.ts";
import { chooseProxy } from "./proxy-choice.ts";
import { lendableFile } from "./sources/shared-file.ts";
import type { FilePart } from "./threads/file-in-threads.ts";
import type { Threads } from "./threads/threads.ts";
import type { Transport, TransportOptions } from "./transport.ts";

/** Not before the first part: most programs have no threads. */
const load = onDemand(() => import("./thread-parts.ts"), "./thread-parts.js");

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
  const { threads: count, proxy } = options;
  if (count === undefined || count === null) return { send: transport.send, close: transport.close };
  checkCount(count, options);
  const choice = chooseProxy(proxy);
  const proxyOf = (url: string): string | undefined => choice?.(splitUrl(url).origin);
  let threads: Threads | undefined;
  const partsInThreads = (source: Parameters<PartsOf>[0]): PartsInThreads | undefined => {
    const file = lendableFile(source);
    if (file === undefined) return undefined;
    return (start, length, signal) =>
      new PartOnDemand(length, async () => {
        const parts = await load();
        threads ??= new parts.Threads(count, MEMORY_BYTES);
        return new parts.FilePart({ file, threads, proxyOf }, start, length, signal);
      });
  };
  return {
    send: (request) =>
      request.blocks instanceof PartBody
        ? watchedExchange(request, request.blocks.send(request))
        : transport.send(request),
    partsInThreads,
    close: async () => {
      await Promise.all([transport.close(), threads?.close()]);
    },
  };
}

type PartsOf = NonNullable<Runtime["partsInThreads"]>;

function checkCount(count: unknown, { dispatcher }: TransportOptions): void {
  if (typeof count !== "number") throw new ArgumentTypeError("threads", ACCEPTED);
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw new ArgumentRangeError("threads", `${ACCEPTED}, not ${count}`);
  }
  if (dispatcher) throw new ArgumentTypeError("threads", "excludes dispatcher: give one or the other");
  if (process.versions.bun !== undefined)
    throw new ArgumentTypeError("threads", "needs Node: leave it out in Bun");
}

/** A part whose code is loaded when it is needed. */
class PartOnDemand implements PartInThread {
  readonly length: number;
  readonly #open: () => Promise<FilePart>;
  #part: Promise<FilePart> | undefined;

  constructor(length: number, open: () => Promise<FilePart>) {
    this.length = length;
    this.#open = open;
  }

  begin(): BodyInBlocks {
    return new PartBody(this);
  }

  async digest(withMd5: boolean): ReturnType<PartInThread["digest"]> {
    return (await this.#opened()).digest(withMd5);
  }

  async send(request: WireRequest): Promise<WireResponse> {
    return (await this.#opened()).send(request);
  }

  /** A failure is not kept: a process without a free descriptor may have one at the next attempt. */
  #opened(): Promise<FilePart> {
    this.#part ??= this.#open().catch((error: unknown) => {
      this.#part = undefined;
      throw error;
    });
    return this.#part;
  }
}

/** The body of a request that a thread sends. */
class PartBody implements BodyInBlocks {
  readonly length: number;
  readonly #part: PartOnDemand;

  constructor(part: PartOnDemand) {
    this.length = part.length;
    this.#part = part;
  }

  block(): Uint8Array {
    throw new Error("a thread reads this body");
  }

  send(request: WireRequest): Promise<WireResponse> {
    return this.#part.send(request);
  }
}
