import { onAbort } from "../../abort/abort-listeners.ts";
import { ArgumentTypeError, SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";
import { utf8 } from "../../text/utf8.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import {
  awaitsDrain,
  decodes,
  encodingOf,
  fullDestinations,
  isDestroyed,
  isNodeStream,
  isUtf8,
  type NodeStream,
  refuseUsed,
} from "./node-stream.ts";
import { onCall } from "./on-call.ts";
import { ReadAhead } from "./read-ahead.ts";
import { readTooFast, streamFailed } from "./stream-failed.ts";

const NONE = new Uint8Array(0);

/** Rests up to this size are copied out of their chunk: a chunk is often a small view of a pooled slab. */
const LARGEST_COPIED_REST = 64 * 1024;

/** What an object for a chunk takes, in bytes: many tiny chunks must not exceed the read-ahead unseen. */
const CHUNK_OVERHEAD = 128;

const LISTENED: ReadonlySet<unknown> = new Set(["data", "readable", "end", "error", "close"]);

/** Bytes that came before the upload asked for them. */
interface Held {
  bytes: Uint8Array;
  /** What it takes of the read-ahead: 0 for the rest of a chunk that the upload itself has read. */
  readonly cost: number;
}

/**
 * A Node stream, read once, front to back, of unknown length; `close` destroys it.
 *
 * The upload reads by `read()`, and takes the bytes from the `data` event that every read causes, whoever makes it. So
 * other consumers, before, beside or after the call, take nothing away: what they read faster than the upload does is
 * held, up to the limit of the read-ahead.
 */
export class NodeStreamSource implements ByteSource {
  readonly size = undefined;
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly inMemory = false;
  readonly #stream: NodeStream;
  readonly #parameter: string;
  readonly #readAhead: ReadAhead;
  readonly #release: () => void;
  readonly #held: Held[] = [];
  /** Memory of the read that is under way, and how much of it is filled. */
  #into: Uint8Array = NONE;
  #filled = 0;
  #offset = 0;
  #chunks = 0;
  #reading = false;
  /** Whether the read under way is to end with what it has. */
  #interrupted = false;
  /** Destinations of `pipe` whose `drain` wakes the read. */
  readonly #awaited = new Set<object>();
  #ended = false;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(stream: NodeStream, parameter: string, readAhead: ReadAhead) {
    refuseUsed(stream, parameter);
    this.#stream = stream;
    this.#parameter = parameter;
    this.#readAhead = readAhead;
    this.#release = this.#attach(stream);
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    if (start !== this.#offset) {
      throw new SourceError(`The stream is at byte ${this.#offset}, not ${start}`, "source-unreadable");
    }
    const target = into.subarray(0, end - start);
    // One listener for the whole read: one for each chunk costs more than a tiny chunk itself, in time and in memory.
    const stop = onAbort(signal, () => this.#wake());
    this.#into = target;
    this.#filled = 0;
    this.#interrupted = false;
    try {
      this.#takeHeld();
      while (this.#filled < target.length) {
        signal?.throwIfAborted();
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#readChunk()) continue;
        if (this.#ended || this.#interrupted || this.#failure !== undefined) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      // A chunk that comes later finds this memory in other hands.
      this.#into = NONE;
      stop();
    }
    this.#offset += this.#filled;
    return target.subarray(0, this.#filled);
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
    this.#release();
    for (const { cost } of this.#held.splice(0)) this.#readAhead.giveBack(cost);
    this.#stream.destroy?.();
  }

  /** From the start: a stream may also fail while its upload is queued, which would end the process unheard. */
  #attach(stream: NodeStream): () => void {
    const wake = (): void => this.#wake();
    const onData = (chunk: unknown): void => this.#accept(chunk);
    stream.on("error", (error: unknown) => this.#fail(streamFailed(error)));
    stream.on("end", () => this.#end());
    stream.on("close", () => this.#closed());
    // `resume`: a destination of `pipe` no longer asks the stream to wait.
    stream.on("resume", wake);
    // From now on other consumers cannot make a stream of today flow: it gives what is read.
    stream.on("readable", wake);
    // Before other listeners, which may change the chunk in place, or read the next one.
    if (stream.prependListener === undefined) stream.on("data", onData);
    else stream.prependListener("data", onData);
    // Those of readable-stream 2 and streamx flow all the same.
    if (stream.isPaused?.() !== true) stream.pause();
    const restore = [
      onCall(stream, "unshift", () => this.#putBack()),
      onCall(stream, "removeAllListeners", ([event]) => this.#cutOff(event)),
      // Some do not emit "close" then.
      onCall(stream, "destroy", () => this.#destroyed()),
    ];
    return () => {
      stream.removeListener("data", onData);
      stream.removeListener("readable", wake);
      stream.removeListener("resume", wake);
      for (const each of restore) each();
    };
  }

  /** False when there is nothing to read now. */
  #readChunk(): boolean {
    const stream = this.#stream;
    if (this.#ended || isDestroyed(stream)) return false;
    if (awaitsDrain(stream)) {
      this.#wakeAfterDrain();
      return false;
    }
    const before = this.#chunks;
    this.#reading = true;
    try {
      if (stream.read() === null) return false;
    } catch (error) {
      this.#fail(streamFailed(error));
      return false;
    } finally {
      this.#reading = false;
    }
    // A stream that has just been destroyed says so by itself.
    if (this.#chunks === before && !isDestroyed(stream)) {
      this.#fail(streamFailed("it gives bytes without a data event"));
    }
    return this.#chunks !== before;
  }

  /** Other streams emit `resume` when their destinations have drained. */
  #wakeAfterDrain(): void {
    for (const destination of fullDestinations(this.#stream)) {
      if (this.#awaited.has(destination)) continue;
      this.#awaited.add(destination);
      destination.once?.("drain", () => {
        this.#awaited.delete(destination);
        this.#wake();
      });
    }
  }

  #accept(chunk: unknown): void {
    this.#chunks += 1;
    if (this.#failure !== undefined) return;
    let bytes: Uint8Array;
    try {
      bytes = typeof chunk === "string" ? this.#textBytes(chunk) : chunkBytes(chunk, this.#parameter);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const rest = this.#held.length === 0 ? this.#copy(bytes) : bytes;
    if (rest.length > 0) this.#hold(rest);
    if (!this.#reading) this.#wake();
  }

  /** Strings are content; of one that the stream has decoded, the bytes must be beyond doubt. */
  #textBytes(text: string): Uint8Array {
    const encoding = encodingOf(this.#stream);
    if (encoding !== undefined && !isUtf8(encoding)) throw streamFailed(decodes(encoding));
    const decoded = encoding !== undefined || (this.#stream._readableState?.map ?? null) !== null;
    if (decoded && (encoding === undefined || text.includes("\ufffd"))) {
      throw streamFailed("it decodes bytes that are not UTF-8 (setEncoding); give it without an encoding");
    }
    return utf8(text);
  }

  /** Copies what there is room for, and returns the rest. A view costs more than a tiny chunk: none if it fits. */
  #copy(bytes: Uint8Array): Uint8Array {
    const room = this.#into.length - this.#filled;
    const taken = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#into.set(taken, this.#filled);
    this.#filled += taken.length;
    return taken === bytes ? NONE : bytes.subarray(room);
  }

  /** Keeps a rest for the next read, as a copy if anybody else may change it or if it would pin a slab. */
  #hold(rest: Uint8Array): void {
    const cost = this.#reading ? 0 : rest.length + CHUNK_OVERHEAD;
    if (!this.#readAhead.take(cost)) {
      this.#fail(readTooFast(this.#readAhead.limit));
      return;
    }
    if (cost > 0 && this.#stream.isPaused?.() !== true) this.#stream.pause();
    const shared = cost > 0 || (this.#stream.listenerCount?.("data") ?? 2) > 1;
    // Uint8Array's slice, as that of a Buffer is another view.
    const bytes = shared || rest.length <= LARGEST_COPIED_REST ? Uint8Array.prototype.slice.call(rest) : rest;
    this.#held.push({ bytes, cost });
  }

  #takeHeld(): void {
    for (
      let first = this.#held[0];
      first !== undefined && this.#filled < this.#into.length;
      first = this.#held[0]
    ) {
      const rest = this.#copy(first.bytes);
      first.bytes = rest.length <= LARGEST_COPIED_REST ? Uint8Array.prototype.slice.call(rest) : rest;
      if (rest.length > 0) break;
      this.#held.shift();
      this.#readAhead.giveBack(first.cost);
    }
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Older streams close while bytes still wait in them. */
  #closed(): void {
    const { destroyed, _readableState: state } = this.#stream;
    if (!this.#ended && (destroyed === true || state?.ended !== true)) {
      this.#fail(streamFailed("it was closed before its end"));
    } else this.#wake();
  }

  #destroyed(): void {
    if (this.#stream._readableState?.emitClose !== true)
      this.#fail(streamFailed("it was destroyed before its end"));
  }

  #cutOff(event: unknown): void {
    if (event === undefined || LISTENED.has(event)) {
      this.#fail(streamFailed("another consumer removed the listeners of the upload (removeAllListeners)"));
    }
  }

  #putBack(): void {
    if (this.#chunks > 0) {
      this.#fail(streamFailed("another consumer put bytes back (unshift), which would be stored twice"));
    }
  }

  #fail(error: unknown): void {
    if (!this.#ended) this.#failure ??= error;
    this.#wake();
  }
}

/**
 * Opens a stream that an adapter has made itself, of a device for one.
 * @param stream a Node Readable, or a stream of that shape
 * @param parameter what messages call it
 * @throws {TypeError} something else
 */
export function openNodeStream(stream: object, parameter: string): ByteSource {
  if (!isNodeStream(stream)) throw new ArgumentTypeError(parameter, "must be a Node stream");
  return new NodeStreamSource(stream, parameter, new ReadAhead(0));
}
