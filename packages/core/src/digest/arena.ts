import { onAbort } from "../abort-listeners.ts";

/** A stretch of the arena, held by one part from its read to its acknowledgement. */
export interface PartBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  release(): void;
}

interface Stretch {
  start: number;
  length: number;
}

interface Waiter {
  /** Bytes taken, and those of them that are asked for. */
  readonly wanted: number;
  readonly length: number;
  readonly grant: (buffer: PartBuffer) => void;
}

/** Starts of buffers are aligned, so that the digest's vector loads are. */
const ALIGNMENT = 4096;

/**
 * Hands out part buffers of any size from one block of memory, shared by all uploads of a client. First fit. Uploads
 * take turns, a buffer each: one that asks for many at once does not keep the others from progress. Whose turn it is
 * waits until its buffer fits, so that a large part is never starved by small ones. What an upload holds is given
 * back without another buffer, so there is no deadlock.
 */
export class Arena {
  readonly capacity: number;
  readonly #makeMemory: () => ArrayBuffer;
  #memory: ArrayBuffer | undefined;
  #free: Stretch[];
  /** Those who wait, by upload; the first upload is the next to be served. */
  readonly #waiting = new Map<object, Set<Waiter>>();
  #held = 0;
  #highWater = 0;

  /** @param makeMemory gives the memory, at the first buffer that is asked for: who needs none takes none */
  constructor(makeMemory: () => ArrayBuffer, start: number, length: number) {
    this.#makeMemory = makeMemory;
    this.capacity = length;
    this.#free = [{ start, length }];
  }

  /** The most bytes that were held at once; tests hold the budget against it. */
  get highWater(): number {
    return this.#highWater;
  }

  /**
   * Makes sure of the memory, for who could not take back what it does before its first buffer.
   * @throws {RangeError} the machine has no such memory now; the next call asks again
   */
  reserve(): ArrayBuffer {
    this.#memory ??= this.#makeMemory();
    return this.#memory;
  }

  /**
   * Resolves when `length` bytes are free and it is this upload's turn.
   * Rejects with the signal's reason when it aborts first, with a RangeError when the machine has no such memory.
   * @param upload whoever takes turns with others; each call by itself when it is not said
   */
  async allocate(length: number, signal?: AbortSignal, upload: object = {}): Promise<PartBuffer> {
    const wanted = Math.ceil(Math.max(length, 1) / ALIGNMENT) * ALIGNMENT;
    if (wanted > this.capacity) throw new RangeError(`a part of ${length} bytes exceeds the memory budget`);
    signal?.throwIfAborted();
    // Nearly always there is room at once: no listener is needed then.
    const buffer = this.#waiting.size === 0 ? this.#take(wanted, length) : undefined;
    return buffer ?? this.#wait(wanted, length, signal, upload);
  }

  #wait(
    wanted: number,
    length: number,
    signal: AbortSignal | undefined,
    upload: object,
  ): Promise<PartBuffer> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        wanted,
        length,
        grant: (buffer) => {
          stop();
          resolve(buffer);
        },
      };
      const stop = onAbort(signal, () => {
        this.#leave(upload, waiter);
        reject(signal?.reason);
        this.#serve();
      });
      this.#waiting.set(upload, (this.#waiting.get(upload) ?? new Set()).add(waiter));
    });
  }

  /** The map is read in the order of its entries: one that is set anew behind the others comes up again. */
  #serve(): void {
    for (const [upload, waiters] of this.#waiting) {
      const [waiter] = waiters;
      if (waiter === undefined) continue;
      const buffer = this.#take(waiter.wanted, waiter.length);
      if (buffer === undefined) return;
      this.#leave(upload, waiter);
      // Its turn is over: what else it waits for comes behind the others.
      if (this.#waiting.delete(upload)) this.#waiting.set(upload, waiters);
      waiter.grant(buffer);
    }
  }

  #leave(upload: object, waiter: Waiter): void {
    const waiters = this.#waiting.get(upload);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiting.delete(upload);
  }

  /** The first stretch that has room for `wanted` bytes, of which the holder sees `length`. */
  #take(wanted: number, length: number): PartBuffer | undefined {
    const stretch = this.#free.find((free) => free.length >= wanted);
    if (stretch === undefined) return undefined;
    // Before the stretch is cut: when there is none, all of it is still free for the next one who asks.
    const memory = this.reserve();
    const { start } = stretch;
    stretch.start += wanted;
    stretch.length -= wanted;
    if (stretch.length === 0) this.#free.splice(this.#free.indexOf(stretch), 1);
    this.#held += wanted;
    this.#highWater = Math.max(this.#highWater, this.#held);
    let held = true;
    return {
      bytes: new Uint8Array(memory, start, length),
      release: () => {
        if (!held) return;
        held = false;
        this.#held -= wanted;
        this.#giveBack({ start, length: wanted });
        this.#serve();
      },
    };
  }

  #giveBack(returned: Stretch): void {
    const sorted = [...this.#free, returned].sort((a, b) => a.start - b.start);
    this.#free = [];
    for (const next of sorted) {
      const last = this.#free.at(-1);
      if (last !== undefined && last.start + last.length === next.start) last.length += next.length;
      else this.#free.push(next);
    }
  }
}
