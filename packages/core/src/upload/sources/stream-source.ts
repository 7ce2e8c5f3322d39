import { raceAbort } from "../../abort/race-abort.ts";
import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import { type Chunk, type Chunks, chunksOfIterator, chunksOfStream, takenByOther } from "./chunks.ts";
import { takeOnce } from "./given-before.ts";
import { streamFailed } from "./stream-failed.ts";

const NOTHING = new Uint8Array(0);

/** What a stream source needs besides its stream. */
export interface StreamOptions {
  /** The name in errors. */
  readonly parameter: string;
  /** Bytes in all, if they are known. */
  readonly size: number | undefined;
  /** Whether to refuse a stream that ends without a single chunk, because it may have been read before. */
  readonly mustYield: boolean;
}

/** A web stream, read once; it is locked when this returns. */
export function webStreamSource(stream: ReadableStream, options: StreamOptions): ByteSource {
  return new StreamSource(chunksOfStream(stream), options);
}

/**
 * An async iterable of bytes or strings, read once.
 * @throws {TypeError} it returns an iterator that an upload was given before
 */
export function iterableSource(iterable: AsyncIterable<unknown>, options: StreamOptions): ByteSource {
  const iterator = iterable[Symbol.asyncIterator]();
  // The iterator, not the iterable: an iterable that begins again each time may be given many times.
  takeOnce(iterator, options.parameter);
  return new StreamSource(chunksOfIterator(iterator), options);
}

/** One call of `read` while it is under way. */
interface Read {
  readonly into: Uint8Array;
  /** Bytes of `into` that are filled. */
  filled: number;
  /** Settles when the read waits for no chunk any more. */
  filling: Promise<unknown>;
  /** Ends the read with the bytes that it has. */
  end: () => void;
}

/**
 * Copies chunks into the part buffer as they come. Of a chunk that is longer than the rest of the part, only the remaining
 * bytes are kept, so that tiny chunks that share a large buffer keep none of it in memory.
 */
class StreamSource implements ByteSource {
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly inMemory = false;
  readonly size: number | undefined;
  readonly #chunks: Chunks;
  readonly #parameter: string;
  #mustYield: boolean;
  #rest: Uint8Array = NOTHING;
  #ended = false;
  /** The failure of a stream while no read was waiting for it. */
  #failure: { readonly error: unknown } | undefined;
  #current: Read | undefined;
  /** Settles when the chunk has come for which an interrupted read was waiting. */
  #interrupted: Promise<unknown> | undefined;

  constructor(chunks: Chunks, { size, parameter, mustYield }: StreamOptions) {
    this.size = size;
    this.#chunks = chunks;
    this.#parameter = parameter;
    this.#mustYield = mustYield;
  }

  /** One race for the whole read: one for each chunk costs more than a tiny chunk itself, in time and in memory. */
  read(_start: number, _end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const whole = new Promise<Uint8Array>((resolve, reject) => {
      const end = (): void => resolve(into.subarray(0, read.filled));
      const read: Read = { into, filled: 0, filling: Promise.resolve(), end };
      this.#current = read;
      read.filling = this.#fill(read, signal).then(end, (error: unknown) => {
        if (this.#current !== read) this.#failure = { error };
        reject(error);
      });
    });
    return raceAbort(whole, signal);
  }

  interrupt(): void {
    const read = this.#current;
    if (read === undefined) return;
    this.#current = undefined;
    this.#interrupted = read.filling;
    read.end();
  }

  async changed(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {
    this.#chunks.close(this.#ended);
  }

  async #fill(read: Read, signal: AbortSignal | undefined): Promise<void> {
    if (this.#interrupted !== undefined) await this.#interrupted;
    // As below: after an abort, another part may use the memory.
    signal?.throwIfAborted();
    while (this.#current === read && read.filled < read.into.length) {
      if (this.#rest.length === 0) {
        if (this.#failure !== undefined) throw this.#failure.error;
        if (this.#ended) break;
        let next: Chunk;
        // Here and not in its own function, which would be one more promise for each tiny chunk.
        try {
          next = await this.#chunks.next();
        } catch (cause) {
          throw streamFailed(cause);
        }
        if (this.#chunks.taken === true) throw takenByOther();
        // A chunk that comes after the abort must not be written: another part may use the memory.
        signal?.throwIfAborted();
        this.#ended = next.done === true;
        if (this.#ended && this.#mustYield) throw yieldedNothing();
        if (this.#ended) break;
        this.#mustYield = false;
        this.#rest = chunkBytes(next.value, this.#parameter);
        // Nor must one that comes after an interruption: it stays for the next read.
        if (this.#current !== read) break;
      }
      read.filled += this.#take(read.into, read.filled);
    }
    if (this.#current === read) this.#current = undefined;
    this.#rest = withoutSlab(this.#rest);
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

/** The rest is kept after its read: as a copy, unless it is more than half of the buffer that it came in. */
function withoutSlab(rest: Uint8Array): Uint8Array {
  if (rest.length === 0) return NOTHING;
  // Uint8Array's slice, as that of Node's Buffer is another view.
  return rest.length > rest.buffer.byteLength / 2 ? rest : Uint8Array.prototype.slice.call(rest);
}

function yieldedNothing(): SourceError {
  return new SourceError(
    "the stream or iterable gave nothing at all: it was read before, or is empty",
    "source-length",
    undefined,
    "give a fresh one; to store an empty object, give ContentLength: 0 or empty bytes",
  );
}
