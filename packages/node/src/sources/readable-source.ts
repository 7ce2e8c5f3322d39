import { finished, type Readable } from "node:stream";
import { ArgumentTypeError, type ByteSource, onAbort, SourceError } from "@cosup/core";

const NONE = new Uint8Array(0);

/** Rests up to this size are copied out of their chunk: a Node chunk is often a small view of a pooled slab. */
const LARGEST_COPIED_REST = 64 * 1024;

/** A Node stream: read once, front to back, of unknown length. It is destroyed by `close`. */
export class ReadableSource implements ByteSource {
  readonly size = undefined;
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly resident = false;
  readonly #stream: Readable;
  /** Set when the stream is over: null, or what it failed with. */
  #outcome: Error | null | undefined;
  #wake: () => void = () => {};
  #listening = false;
  /** Whether the read under way is to end with what it has. */
  #interrupted = false;
  #rest: Uint8Array = NONE;
  #offset = 0;

  constructor(stream: Readable) {
    if (stream.errored !== null) {
      throw streamFailed(stream.errored);
    }
    if (stream.destroyed || stream.readableEnded) {
      throw new ArgumentTypeError(
        "Body",
        "this stream was read to its end or destroyed before; give a fresh one",
      );
    }
    // From the start: a stream may fail while its upload is still queued, which without a listener for its error
    // would end the process.
    finished(stream, { writable: false }, (error) => {
      this.#outcome = error ?? null;
      this.#wake();
    });
    this.#stream = stream;
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    if (start !== this.#offset) {
      throw new SourceError(`The stream is at byte ${this.#offset}, not ${start}`, "source-unreadable");
    }
    const length = Math.min(end - start, into.byteLength);
    let filled = 0;
    this.#interrupted = false;
    // One listener for the whole read: one for each chunk costs more than a tiny chunk itself, in time and in memory.
    const stop = onAbort(signal, () => this.#wake());
    try {
      while (filled < length) {
        signal?.throwIfAborted();
        if (this.#rest.byteLength === 0 && !(await this.#refill(signal))) {
          break;
        }
        filled += this.#take(into.subarray(filled, length));
      }
    } finally {
      stop();
    }
    this.#offset += filled;
    this.#rest = withoutSlab(this.#rest);
    return into.subarray(0, filled);
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#wake();
  }

  /** Never: what was read of a stream cannot be looked at again. */
  async changed(): Promise<boolean> {
    return false;
  }

  /** Does not wait for the stream to have closed: a terminal or a stuck device would hold up an abort. */
  async close(): Promise<void> {
    this.#rest = NONE;
    this.#stream.destroy();
  }

  /** Waits for the next chunk; false at the end, and when the read is interrupted. */
  async #refill(signal: AbortSignal | undefined): Promise<boolean> {
    // By hand, since the stream's async iterator keeps its last chunk, slab and all, until the next is asked for.
    if (!this.#listening) {
      this.#listening = true;
      this.#stream.on("readable", () => this.#wake());
    }
    for (;;) {
      const chunk: unknown = this.#stream.destroyed ? null : this.#stream.read();
      if (chunk !== null) {
        this.#rest = bytesOf(chunk);
        return true;
      }
      if (this.#outcome !== undefined) {
        if (this.#outcome !== null) {
          throw streamFailed(this.#outcome);
        }
        return false;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      signal?.throwIfAborted();
      if (this.#interrupted) {
        return false;
      }
    }
  }

  #take(into: Uint8Array): number {
    const taken = this.#rest.subarray(0, into.byteLength);
    into.set(taken);
    this.#rest = this.#rest.subarray(taken.byteLength);
    return taken.byteLength;
  }
}

function streamFailed(cause: unknown): SourceError {
  return new SourceError("The stream failed before its end", "source-unreadable", cause);
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") {
    return Buffer.from(chunk, "utf8");
  }
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (chunk instanceof ArrayBuffer) {
    return new Uint8Array(chunk);
  }
  throw new ArgumentTypeError("Body", `a stream of bytes or strings; this one yields ${typeof chunk}s`);
}

function withoutSlab(rest: Uint8Array): Uint8Array {
  if (rest.byteLength === 0) {
    return NONE;
  }
  const pinsMore = rest.byteLength < rest.buffer.byteLength;
  // Uint8Array's slice, as Buffer's would be another view.
  return pinsMore && rest.byteLength <= LARGEST_COPIED_REST ? Uint8Array.prototype.slice.call(rest) : rest;
}
