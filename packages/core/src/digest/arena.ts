import { onAbort } from "../abort/abort-listeners.ts";

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
  readonly fail: (error: unknown) => void;
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
  readonly #makeMemory: (bytes: number) => ArrayBuffer;
  readonly #exclusive: boolean;
  #memory: ArrayBuffer | undefined;
  #free: Stretch[];
  /** Those who wait, by upload; the first upload is the next to be served. */
  readonly #waiting = new Map<object, Set<Waiter>>();
  /** Holders that would release their buffer for those who wait; the first one is asked first. */
  readonly #yielding = new Set<() => void>();
  #held = 0;
  #highWater = 0;
  #spilled = 0;

  /**
   * @param makeMemory gives at least so many bytes of memory, at the first buffer that is asked for: who needs none
   *   takes none
   * @param exclusive one buffer at a time, for parts that are larger than the budget: the memory grows to the largest
   *   of them (never while a buffer is held, because growing detaches it), and is used again
   */
  constructor(makeMemory: (bytes: number) => ArrayBuffer, start: number, length: number, exclusive = false) {
    this.#makeMemory = makeMemory;
    this.#exclusive = exclusive;
    this.capacity = length;
    this.#free = [{ start, length }];
  }

  /** The most bytes that were held at once; tests hold the budget against it. */
  get highWater(): number {
    return this.#highWater;
  }

  /** Whether somebody waits for a buffer. */
  get wanted(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Calls `release` when somebody has to wait for a buffer, so that a holder whose source is silent can give its own
   * up. One holder is asked at a time, the next one when that was not enough.
   * @returns what takes the offer back
   */
  offer(release: () => void): () => void {
    this.#yielding.add(release);
    return () => this.#yielding.delete(release);
  }

  /**
   * Memory besides the arena for a part that a silent source leaves unfinished, so that its buffer is free before the
   * part has been sent. All of it is at most half the arena; undefined when that is in use.
   */
  spill(length: number): PartBuffer | undefined {
    if (this.#spilled + length > this.capacity / 2) return undefined;
    this.#spilled += length;
    let held = true;
    return {
      bytes: new Uint8Array(length),
      release: () => {
        if (held) this.#spilled -= length;
        held = false;
      },
    };
  }

  /**
   * Makes sure of the memory, for who could not take back what it does before its first buffer.
   * @throws {RangeError} the machine has no such memory now; the next call asks again
   */
  reserve(bytes = this.capacity): void {
    if (!this.#exclusive) this.#memory ??= this.#makeMemory(this.capacity);
    else if (this.#held === 0) this.#memory = this.#makeMemory(bytes);
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
        fail: (error) => {
          stop();
          reject(error);
        },
      };
      const stop = onAbort(signal, () => {
        this.#leave(upload, waiter);
        reject(signal?.reason);
        this.#serve();
      });
      this.#waiting.set(upload, (this.#waiting.get(upload) ?? new Set()).add(waiter));
      this.askForRelease();
    });
  }

  /** Asks the next holder that offered to release its buffer, if somebody waits. */
  askForRelease(): void {
    const [release] = this.#yielding;
    if (release === undefined || !this.wanted) return;
    this.#yielding.delete(release);
    release();
  }

  /** The map is read in the order of its entries: one that is set anew behind the others comes up again. */
  #serve(): void {
    for (const [upload, waiters] of this.#waiting) {
      const [waiter] = waiters;
      if (waiter === undefined) continue;
      let buffer: PartBuffer | undefined;
      try {
        buffer = this.#take(waiter.wanted, waiter.length);
      } catch (error) {
        // The machine is short of memory: that is the failure of who waits, not of who has just released a buffer.
        this.#leave(upload, waiter);
        waiter.fail(error);
        continue;
      }
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
    if (this.#exclusive && this.#held > 0) return undefined;
    const stretch = this.#free.find((free) => free.length >= wanted);
    if (stretch === undefined) return undefined;
    // Before the stretch is cut: when there is none, all of it is still free for the next one who asks.
    this.reserve(wanted);
    const memory = this.#memory as ArrayBuffer;
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
        this.askForRelease();
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
