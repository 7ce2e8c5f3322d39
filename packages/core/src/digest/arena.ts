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
 * Hands out part buffers of any size from one block of memory, shared by all uploads of a client. First fit, and
 * strictly in the order of asking: a large part is never starved by small ones. A holder never waits for a second
 * buffer while it holds one, so there is no deadlock.
 */
export class Arena {
  readonly capacity: number;
  readonly #memory: ArrayBuffer;
  #free: Stretch[];
  readonly #waiting = new Set<Waiter>();
  #held = 0;
  #highWater = 0;

  constructor(memory: ArrayBuffer, start: number, length: number) {
    this.#memory = memory;
    this.capacity = length;
    this.#free = [{ start, length }];
  }

  /** The most bytes that were held at once; tests hold the budget against it. */
  get highWater(): number {
    return this.#highWater;
  }

  /**
   * Resolves when `length` bytes are free and everybody who asked before has been served.
   * Rejects with the signal's reason when it aborts first.
   */
  allocate(length: number, signal?: AbortSignal): Promise<PartBuffer> {
    const wanted = Math.ceil(Math.max(length, 1) / ALIGNMENT) * ALIGNMENT;
    if (wanted > this.capacity)
      return Promise.reject(new RangeError(`a part of ${length} bytes exceeds the memory budget`));
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size === 0) {
      const buffer = this.#take(wanted, length);
      if (buffer !== undefined) return Promise.resolve(buffer);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(waiter);
        reject(signal?.reason);
        this.#serve();
      };
      const waiter: Waiter = {
        wanted,
        length,
        grant: (buffer) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(buffer);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #serve(): void {
    for (const waiter of this.#waiting) {
      const buffer = this.#take(waiter.wanted, waiter.length);
      if (buffer === undefined) return;
      this.#waiting.delete(waiter);
      waiter.grant(buffer);
    }
  }

  /** The first stretch that has room for `wanted` bytes, of which the holder sees `length`. */
  #take(wanted: number, length: number): PartBuffer | undefined {
    const stretch = this.#free.find((free) => free.length >= wanted);
    if (stretch === undefined) return undefined;
    const { start } = stretch;
    stretch.start += wanted;
    stretch.length -= wanted;
    if (stretch.length === 0) this.#free.splice(this.#free.indexOf(stretch), 1);
    this.#held += wanted;
    this.#highWater = Math.max(this.#highWater, this.#held);
    let held = true;
    return {
      bytes: new Uint8Array(this.#memory, start, length),
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
