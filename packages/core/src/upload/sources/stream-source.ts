import { ArgumentTypeError, SourceError } from "../../errors.ts";
import { raceAbort } from "../../race-abort.ts";
import { utf8 } from "../../text/utf8.ts";
import type { ByteSource } from "../source.ts";

const NOTHING = new Uint8Array(0);

/** A web stream or an async iterable of bytes or strings, read once. */
export function streamSource(
  input: ReadableStream | AsyncIterable<unknown>,
  size: number | undefined,
): ByteSource {
  return new StreamSource(
    input instanceof ReadableStream ? chunksOfStream(input) : chunksOfIterable(input),
    size,
  );
}

/**
 * Chunks are copied into the part buffer as they come, and of a chunk that runs over the part only the rest is kept:
 * tiny chunks that share a big slab pin no memory.
 */
class StreamSource implements ByteSource {
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly resident = false;
  readonly #chunks: Chunks;
  #rest: Uint8Array = NOTHING;
  #ended = false;

  constructor(
    chunks: Chunks,
    readonly size: number | undefined,
  ) {
    this.#chunks = chunks;
  }

  /** One race for the whole read: one for each chunk costs more than a tiny chunk itself, in time and in memory. */
  read(_start: number, _end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return raceAbort(this.#fill(into, signal), signal);
  }

  async changed(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    if (!this.#ended) this.#chunks.cancel();
  }

  async #fill(into: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    let filled = 0;
    while (filled < into.length) {
      if (this.#rest.length === 0) {
        if (this.#ended) break;
        let next: Chunk;
        // Here, not in a function of its own: that would be a promise more for each tiny chunk.
        try {
          next = await this.#chunks.next();
        } catch (cause) {
          throw new SourceError("the stream to upload failed", "source-unreadable", cause);
        }
        // A chunk that comes after the abort finds the part's memory in other hands.
        signal?.throwIfAborted();
        this.#ended = next.done === true;
        if (this.#ended) break;
        this.#rest = toBytes(next.value);
      }
      filled += this.#take(into, filled);
    }
    // What is left outlives this read: its own copy, so that the slab it came from can go. Uint8Array's slice, as that
    // of Node's Buffer is another view.
    this.#rest = Uint8Array.prototype.slice.call(this.#rest);
    return into.subarray(0, filled);
  }

  /** Copies what there is room for. A view costs more than a tiny chunk: none is made of a chunk that fits. */
  #take(into: Uint8Array, at: number): number {
    const rest = this.#rest;
    const room = into.length - at;
    const taken = rest.length <= room ? rest : rest.subarray(0, room);
    into.set(taken, at);
    this.#rest = taken === rest ? NOTHING : rest.subarray(room);
    return taken.length;
  }
}

interface Chunks {
  next(): Promise<Chunk>;
  /** Not awaited: the stream's own cancel may hang, and so may a generator in its own await. */
  cancel(): void;
}

interface Chunk {
  readonly done?: boolean | undefined;
  readonly value?: unknown;
}

function chunksOfStream(stream: ReadableStream): Chunks {
  const reader: ReadableStreamDefaultReader<unknown> = stream.getReader();
  return {
    next: () => reader.read(),
    // Cancelling an errored stream rejects with its error, which the read has reported already.
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function chunksOfIterable(iterable: AsyncIterable<unknown>): Chunks {
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    cancel: () => void Promise.resolve(iterator.return?.()).catch(() => {}),
  };
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === "string") return utf8(chunk);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new ArgumentTypeError("Body", "a stream must yield bytes or strings");
}
