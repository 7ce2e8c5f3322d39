import { onAbort } from "../../abort/abort-listeners.ts";
import { SourceError } from "../../errors.ts";
import type { ByteSource } from "../../runtime/byte-source.ts";
import type { ReadAhead } from "../../runtime/read-ahead.ts";
import { chunkBytes } from "./chunk-bytes.ts";
import { HeldBytes } from "./held-bytes.ts";
import { awaitsDrain, fullDestinations, isDestroyed, type NodeStream, refuseUsed } from "./node-stream.ts";
import { lacksBytes, notUtf8, textBytes } from "./node-stream-text.ts";
import { observeNodeStream } from "./observe-node-stream.ts";
import { readTooFast, streamFailed } from "./stream-failed.ts";

const NONE = new Uint8Array(0);

/**
 * A Node stream, read once, front to back, of unknown length; `close` destroys it.
 *
 * The upload calls `read()`, and takes the bytes from the `data` event that every read causes, also one by another
 * consumer. So other consumers take no bytes away: what they read faster than the upload does is held, up to the limit of
 * the read-ahead.
 */
export class NodeStreamSource implements ByteSource {
  readonly size = undefined;
  readonly fingerprint = undefined;
  readonly access = "sequential";
  readonly inMemory = false;
  readonly #stream: NodeStream;
  readonly #parameter: string;
  readonly #readAhead: ReadAhead;
  readonly #held: HeldBytes;
  readonly #stopObserving: () => void;
  /** The memory of the read under way, and how many bytes of it are filled. */
  #into: Uint8Array = NONE;
  #filled = 0;
  #offset = 0;
  #chunks = 0;
  #reading = false;
  /** Whether the read under way must end with the bytes that it has. */
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
    this.#held = new HeldBytes(readAhead);
    this.#stopObserving = observeNodeStream(stream, {
      chunk: (chunk) => this.#accept(chunk),
      readable: () => this.#wake(),
      failed: (error) => this.#fail(error),
      ended: () => this.#end(),
    });
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    if (start !== this.#offset) {
      throw new SourceError(`The stream is at byte ${this.#offset}, not ${start}`, "source-unreadable");
    }
    const target = into.subarray(0, end - start);
    let filled = 0;
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
      filled = this.#filled;
      // A chunk that comes later is held and not written here: the memory may belong to another part by then.
      this.#into = NONE;
      this.#filled = 0;
      stop();
    }
    this.#offset += filled;
    return target.subarray(0, filled);
  }

  interrupt(): void {
    this.#interrupted = true;
    this.#wake();
  }

  /** Always false: what was read of a stream cannot be read again. */
  async changed(): Promise<boolean> {
    return false;
  }

  /** Does not wait until the stream has closed: a terminal or a device that hangs would delay an abort. */
  async close(): Promise<void> {
    this.#stopObserving();
    this.#held.clear();
    this.#stream.destroy?.();
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
    // A stream that has just been destroyed reports its failure itself.
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
      bytes = typeof chunk === "string" ? textBytes(this.#stream, chunk) : chunkBytes(chunk, this.#parameter);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const rest = this.#held.first === undefined ? this.#copy(bytes) : bytes;
    if (rest.length > 0) this.#hold(rest);
    if (!this.#reading) this.#wake();
  }

  /** Copies what there is room for, and returns the rest. A view costs more than a tiny chunk: none if it fits. */
  #copy(bytes: Uint8Array): Uint8Array {
    const room = this.#into.length - this.#filled;
    const taken = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#into.set(taken, this.#filled);
    this.#filled += taken.length;
    return taken === bytes ? NONE : bytes.subarray(room);
  }

  /** Keeps bytes for the next read. */
  #hold(rest: Uint8Array): void {
    const stream = this.#stream;
    const unread = !this.#reading;
    const shared = unread || (stream.listenerCount?.("data") ?? 2) > 1;
    if (!this.#held.add(rest, unread, shared)) this.#fail(readTooFast(this.#readAhead.limit));
    else if (unread && stream.isPaused?.() !== true) stream.pause();
  }

  #takeHeld(): void {
    while (this.#held.first !== undefined && this.#filled < this.#into.length) {
      this.#held.replaceFirst(this.#copy(this.#held.first));
    }
  }

  #end(): void {
    if (lacksBytes(this.#stream)) this.#fail(notUtf8());
    this.#ended = true;
    this.#wake();
  }

  #fail(error: unknown): void {
    if (!this.#ended) this.#failure ??= error;
    this.#wake();
  }
}
