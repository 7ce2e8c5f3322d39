import { onAbort, streamFailed } from "@cosup/core/runtime";

/** Bytes per read. Compared with 64 KiB, this saves a tenth of the CPU time and 7 MiB of garbage. */
const WINDOW = 256 * 1024;

/**
 * Reads a byte stream through one buffer, which is transferred to the stream and back with every read, so that no
 * garbage is created. The stream cannot fill WASM memory directly: a read transfers its buffer, and WASM memory cannot
 * be transferred.
 */
export class ByteReader {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(WINDOW);
  #ended = false;
  /** The pending read of the stream. It survives an interruption: its bytes are for the next `fill`. */
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  /** Bytes that were read and not yet copied into a destination. */
  #rest: Uint8Array = new Uint8Array(0);
  #interrupt = (): void => {};

  private constructor(reader: ReadableStreamBYOBReader) {
    this.#reader = reader;
  }

  /** Undefined if the stream is not a byte stream. */
  static of(stream: ReadableStream): ByteReader | undefined {
    try {
      return new ByteReader(stream.getReader({ mode: "byob" }));
    } catch {
      return undefined;
    }
  }

  /** Fills `into` until it is full or the stream ends. Returns the filled part. */
  async fill(into: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    signal?.throwIfAborted();
    // A stalled stream must not delay an abort: cancelling it ends the read.
    const stop = onAbort(signal, () => void this.cancel());
    let filled = 0;
    try {
      while (filled < into.length) {
        const room = into.length - filled;
        if (this.#rest.length === 0 && !(await this.#refill(room, signal))) break;
        const taken = this.#rest.subarray(0, room);
        into.set(taken, filled);
        this.#rest = this.#rest.subarray(taken.length);
        filled += taken.length;
      }
    } finally {
      stop();
    }
    return into.subarray(0, filled);
  }

  /** Makes the running `fill` resolve with the bytes that it has. */
  interrupt(): void {
    this.#interrupt();
  }

  async cancel(): Promise<void> {
    // A failed stream rejects with the error that its last read has already reported.
    await this.#reader.cancel().catch(() => {});
  }

  /** Waits for the next bytes. Returns false at the end, and when the `fill` is interrupted. */
  async #refill(room: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#ended) return false;
    this.#reading ??= this.#reader.read(new Uint8Array(this.#buffer, 0, Math.min(room, WINDOW)));
    const interrupted = new Promise<undefined>((resolve) => {
      this.#interrupt = () => resolve(undefined);
    });
    let result: ReadableStreamReadResult<Uint8Array> | undefined;
    try {
      result = await Promise.race([this.#reading, interrupted]);
    } catch (cause) {
      signal?.throwIfAborted();
      throw streamFailed(cause);
    }
    signal?.throwIfAborted();
    if (result === undefined) return false;
    this.#reading = undefined;
    this.#ended = result.done;
    if (result.value === undefined) return false;
    this.#buffer = result.value.buffer as ArrayBuffer;
    this.#rest = result.value;
    return this.#rest.length > 0;
  }
}
