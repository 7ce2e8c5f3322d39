import type { Clock } from "../runtime/clock.ts";

/** Time that one block of a body takes at the limit: long enough to cost little CPU, short enough for an even flow. */
const BLOCK_MS = 50;
const LEAST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 1024 ** 2;
/** Bytes per second that each body must get: COS gives up one that arrives too slowly. */
const LEAST_SHARE = 8 * 1024;

/** Makes the bodies of all requests of a client together leave at a limited rate, block by block in turns. */
export class Pacer {
  /** Bytes of a block. */
  readonly block: number;
  /** Bodies that can be sent at once. */
  readonly width: number;
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  /** When the blocks end that have their turn already. */
  #freeMs = 0;
  #seenMs = 0;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.block = Math.min(LARGEST_BLOCK, Math.max(LEAST_BLOCK, Math.floor(this.#bytesPerMs * BLOCK_MS)));
    this.width = Math.max(1, Math.floor(bytesPerSecond / LEAST_SHARE));
  }

  /**
   * Calls `go` when it is the turn of `bytes`.
   * @returns gives the turn back
   */
  turn(bytes: number, go: () => void): () => void {
    const now = this.#clock.now();
    // As far as the clock was set back.
    this.#freeMs -= Math.max(0, this.#seenMs - now);
    this.#seenMs = now;
    const begin = Math.max(now, this.#freeMs);
    const lasts = bytes / this.#bytesPerMs;
    this.#freeMs = begin + lasts;
    const cancelTimer = this.#clock.timer(begin - now, go);
    return () => {
      cancelTimer();
      this.#freeMs -= lasts;
    };
  }
}
