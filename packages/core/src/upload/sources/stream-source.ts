import { ArgumentTypeError, SourceError } from "../../errors.ts";
import { raceAbort } from "../../race-abort.ts";
import { utf8 } from "../../text/utf8.ts";
import type { ByteSource } from "../source.ts";

const NOTHING = new Uint8Array(0);

/**
 * A web stream or an async iterable of bytes or strings, read once. Chunks are copied into the part buffer as they
 * come, and of a chunk that runs over the part only the rest is kept: tiny chunks that share a big slab pin no memory.
 */
export function streamSource(
  input: ReadableStream | AsyncIterable<unknown>,
  size: number | undefined,
): ByteSource {
  const chunks = input instanceof ReadableStream ? chunksOfStream(input) : chunksOfIterable(input);
  let rest: Uint8Array = NOTHING;
  let ended = false;
  const fill = async (into: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    let filled = 0;
    while (filled < into.length) {
      if (rest.length === 0) {
        if (ended) break;
        let next: Chunk;
        // Here, not in a function of its own: that would be a promise more for each tiny chunk.
        try {
          next = await chunks.next();
        } catch (cause) {
          throw new SourceError("the stream to upload failed", "source-unreadable", cause);
        }
        // A chunk that comes after the abort finds the part's memory in other hands.
        signal?.throwIfAborted();
        ended = next.done === true;
        if (ended) break;
        rest = toBytes(next.value);
      }
      const room = into.length - filled;
      // A view costs more than a tiny chunk: none is made of a chunk that fits.
      const taken = rest.length <= room ? rest : rest.subarray(0, room);
      into.set(taken, filled);
      filled += taken.length;
      rest = taken === rest ? NOTHING : rest.subarray(room);
    }
    // What is left outlives this read: its own copy, so that the slab it came from can go. Uint8Array's slice, as that
    // of Node's Buffer is another view.
    rest = Uint8Array.prototype.slice.call(rest);
    return into.subarray(0, filled);
  };
  return {
    size,
    fingerprint: undefined,
    access: "sequential",
    resident: false,
    // One race for the whole read: one for each chunk costs more than a tiny chunk itself, in time and in memory.
    read: (_start, _end, into, signal) => raceAbort(fill(into, signal), signal),
    changed: async () => false,
    close: async () => {
      if (!ended) chunks.cancel();
    },
  };
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
