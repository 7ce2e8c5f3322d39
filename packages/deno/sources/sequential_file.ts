import { type ByteSource, raceAbort } from "@cosup/core/runtime";
import { unreadable } from "./unreadable.ts";

const CHUNK_BYTES = 256 * 1024;

/** What a {@link SequentialFile} is made of. */
export interface SequentialFileOptions {
  /** For messages. */
  readonly name: string;
  readonly path: string;
  /** Called by the first read: opening a FIFO waits for its writer. */
  readonly open: () => Promise<Deno.FsFile>;
  /** False: the handle is the caller's. */
  readonly closes: boolean;
  /** Set when it is open already, at its beginning. */
  readonly opened?: Deno.FsFile;
}

/** A FIFO, a device or a file of procfs: read once, front to back, of unknown length. */
export class SequentialFile implements ByteSource {
  readonly size = undefined;
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly inMemory = false;
  readonly #options: SequentialFileOptions;
  #opening: Promise<Deno.FsFile> | undefined;
  /** The read of the file under way. It outlives an interruption; its bytes are for the next call. */
  #reading: Promise<number | null> | undefined;
  /** Ends the wait for it. */
  #interrupt = (): void => {};
  /** Not the caller's memory, because a read of a silent FIFO outlives its abort and may write later. */
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #rest = this.#chunk.subarray(0, 0);

  constructor(options: SequentialFileOptions) {
    this.#options = options;
    this.#opening = options.opened && Promise.resolve(options.opened);
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const wanted = into.subarray(0, end - start);
    let filled = 0;
    while (filled < wanted.byteLength) {
      signal?.throwIfAborted();
      if (this.#rest.byteLength === 0 && !(await this.#refill(signal))) break;
      const taken = this.#rest.subarray(0, wanted.byteLength - filled);
      wanted.set(taken, filled);
      filled += taken.byteLength;
      this.#rest = this.#rest.subarray(taken.byteLength);
    }
    return wanted.subarray(0, filled);
  }

  interrupt(): void {
    this.#interrupt();
  }

  /** Always false: what was read cannot be read again. */
  changed(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /**
   * Does not wait for a FIFO that nobody has opened for writing: that would hold up an abort. Deno itself does wait for
   * it, so that after such an abort only `Deno.exit` ends the process.
   */
  close(): Promise<void> {
    if (this.#options.closes) void this.#opening?.then((file) => file.close()).catch(() => {});
    return Promise.resolve();
  }

  /** Reads the next chunk; false at the end, and when the read is interrupted. */
  async #refill(signal: AbortSignal | undefined): Promise<boolean> {
    try {
      this.#reading ??= this.#readChunk();
      const interrupted = new Promise<undefined>((resolve) => {
        this.#interrupt = () => resolve(undefined);
      });
      const bytesRead = await raceAbort(Promise.race([this.#reading, interrupted]), signal);
      if (bytesRead === undefined) return false;
      this.#reading = undefined;
      this.#rest = this.#chunk.subarray(0, bytesRead ?? 0);
      return this.#rest.byteLength > 0;
    } catch (error) {
      throw signal?.aborted ? signal.reason : unreadable(this.#options.name, this.#options.path, error);
    }
  }

  async #readChunk(): Promise<number | null> {
    this.#opening ??= this.#options.open();
    const file = await this.#opening;
    return await file.read(this.#chunk);
  }
}
