import { onAbort } from "../abort/abort-listeners.ts";
import { FreeList } from "./free-list.ts";
import { type PartBuffer, partBuffer } from "./part-buffer.ts";
import { Turns } from "./turns.ts";

interface Waiter {
  /** Bytes that the caller sees, and bytes taken: rounded up to {@link ALIGNMENT}. */
  readonly length: number;
  readonly alignedLength: number;
  readonly grant: (buffer: PartBuffer) => void;
  readonly fail: (error: unknown) => void;
}

/** Starts of buffers are aligned, so that the digest's vector loads are. */
const ALIGNMENT = 4096;

/**
 * Hands out part buffers of any size from one block of memory, which all uploads of a client share. First fit. Uploads
 * take turns, one buffer each: an upload that requests many at once does not stop the others. The upload whose turn it
 * is waits until its buffer fits, so that small parts never starve a large one. An upload releases its buffers without
 * needing another one, so there is no deadlock.
 */
export class Arena {
  readonly capacity: number;
  readonly #makeMemory: (bytes: number) => ArrayBuffer;
  readonly #start: number;
  readonly #exclusive: boolean;
  #memory: ArrayBuffer | undefined;
  #reserved = 0;
  readonly #free: FreeList;
  readonly #turns = new Turns<Waiter>();
  /** Holders that would release their buffer for a waiter; the first one is asked first. */
  readonly #yielding = new Set<() => void>();
  #held = 0;
  #spilled = 0;

  /**
   * @param makeMemory returns memory with at least so many bytes behind `start`; called for the first buffer, so that a
   *   client that needs no buffer takes no memory, and whenever more is needed. The views of earlier buffers have to survive
   *   that, so where growing detaches them, it returns all of `length` bytes at once
   * @param start where the arena begins in the memory
   * @param exclusive one buffer at a time, for parts that are larger than the budget: the memory grows to the largest
   *   of them, never while a buffer is held, and is used again
   */
  constructor(makeMemory: (bytes: number) => ArrayBuffer, start: number, length: number, exclusive = false) {
    this.#makeMemory = makeMemory;
    this.#start = start;
    this.#exclusive = exclusive;
    this.capacity = length;
    this.#free = new FreeList(0, length);
  }

  /** Bytes that were taken from the machine; where memory does not grow later, those that were used of them. */
  get highWater(): number {
    return this.#reserved;
  }

  /** Whether an upload waits for a buffer. */
  get wanted(): boolean {
    return !this.#turns.empty;
  }

  /**
   * Calls `release` when an upload has to wait for a buffer: a holder whose source is silent can then give its own up.
   * One holder is asked at a time, and the next one if that was not enough.
   * @returns takes the offer back
   */
  offer(release: () => void): () => void {
    this.#yielding.add(release);
    return () => this.#yielding.delete(release);
  }

  /**
   * Memory outside the arena for a part that a silent source left unfinished: its buffer is then free before the part
   * has been sent. At most half of the arena's size in all; undefined when that is in use.
   */
  spill(length: number): PartBuffer | undefined {
    if (this.#spilled + length > this.capacity / 2) return undefined;
    this.#spilled += length;
    return partBuffer(new Uint8Array(length), () => {
      this.#spilled -= length;
    });
  }

  /**
   * Gets the first bytes of the memory before a buffer needs them. Call it before a step that cannot be undone, such as
   * Initiate.
   * @throws {RangeError} the machine has no such memory now; the next call tries again
   */
  reserve(bytes: number): void {
    if (bytes <= this.#reserved || (this.#exclusive && this.#held > 0)) return;
    this.#memory = this.#makeMemory(bytes);
    this.#reserved = bytes;
  }

  /**
   * Resolves when `length` bytes are free and it is this upload's turn.
   * Rejects with the signal's reason when it aborts first, with a RangeError when the machine has no such memory.
   * @param upload identifies what takes turns with others; by default each call does
   */
  async allocate(length: number, signal?: AbortSignal, upload: object = {}): Promise<PartBuffer> {
    const alignedLength = Math.ceil(Math.max(length, 1) / ALIGNMENT) * ALIGNMENT;
    if (alignedLength > this.capacity)
      throw new RangeError(`a part of ${length} bytes exceeds the memory budget`);
    signal?.throwIfAborted();
    // Nearly always there is room at once: no listener is needed then.
    const buffer = this.#turns.empty ? this.#take(length, alignedLength) : undefined;
    return buffer ?? this.#wait(length, alignedLength, signal, upload);
  }

  #wait(
    length: number,
    alignedLength: number,
    signal: AbortSignal | undefined,
    upload: object,
  ): Promise<PartBuffer> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        length,
        alignedLength,
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
        this.#turns.remove(upload, waiter);
        reject(signal?.reason);
        this.#serve();
      });
      this.#turns.add(upload, waiter);
      this.askForRelease();
    });
  }

  /** Asks the next holder that offered it to release its buffer, if an upload waits. */
  askForRelease(): void {
    const [release] = this.#yielding;
    if (release === undefined || !this.wanted) return;
    this.#yielding.delete(release);
    release();
  }

  /** Grants buffers until the next one does not fit. */
  #serve(): void {
    if (this.#turns.empty) return;
    for (const [upload, waiter] of this.#turns) {
      let buffer: PartBuffer | undefined;
      try {
        buffer = this.#take(waiter.length, waiter.alignedLength);
      } catch (error) {
        // The machine is short of memory. The waiter fails, not the upload that has just released a buffer.
        this.#turns.remove(upload, waiter);
        waiter.fail(error);
        continue;
      }
      if (buffer === undefined) return;
      this.#turns.endTurn(upload, waiter);
      waiter.grant(buffer);
    }
  }

  #take(length: number, alignedLength: number): PartBuffer | undefined {
    if (this.#exclusive && this.#held > 0) return undefined;
    const region = this.#free.find(alignedLength);
    if (region === undefined) return undefined;
    // Before the region is cut: if the machine has no memory, all of the region stays free.
    try {
      this.reserve(region.start + alignedLength);
    } catch (error) {
      if (this.#held === 0) throw error;
      // A buffer that is released makes room in the memory that there is.
      return undefined;
    }
    const start = this.#free.take(region, alignedLength);
    this.#held += alignedLength;
    return partBuffer(new Uint8Array(this.#memory as ArrayBuffer, this.#start + start, length), () => {
      this.#held -= alignedLength;
      this.#free.giveBack({ start, length: alignedLength });
      this.#serve();
      this.askForRelease();
    });
  }
}
