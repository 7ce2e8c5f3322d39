/** Limits of a {@link PageCachePace}. */
export interface Pace {
  /** A read that takes longer was not in the page cache. */
  readonly cachedMs: number;
  /** How often `next` refuses after such reads. */
  readonly pause: number;
  /** Slow reads that are put down to other work of the machine. Two fast ones make up for one. Default 0. */
  readonly tolerated?: number;
}

/**
 * Decides whether the next synchronous read may be made. One that had to wait for a disk blocks the event loop, so the next
 * ones are left to libuv's threads.
 */
export class PageCachePace {
  readonly #pace: Pace;
  readonly #now: () => number;
  #left = 0;
  #slow = 0;

  constructor(pace: Pace, now: () => number = () => performance.now()) {
    this.#pace = pace;
    this.#now = now;
  }

  /** Whether the next reads may be synchronous. */
  next(): boolean {
    if (this.#left === 0) return true;
    this.#left -= 1;
    return false;
  }

  /** Whether the last read was fast enough for another one to follow at once. */
  get fast(): boolean {
    return this.#left === 0;
  }

  /** Runs a synchronous read and measures it. */
  run<T>(read: () => T): T {
    const start = this.#now();
    try {
      return read();
    } finally {
      this.#judge(this.#now() - start > this.#pace.cachedMs);
    }
  }

  #judge(slow: boolean): void {
    this.#slow = slow ? this.#slow + 1 : Math.max(0, this.#slow - 0.5);
    if (this.#slow <= (this.#pace.tolerated ?? 0)) return;
    this.#slow = 0;
    this.#left = this.#pace.pause;
  }
}
