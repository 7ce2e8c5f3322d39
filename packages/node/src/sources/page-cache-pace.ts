/**
 * Decides whether the next synchronous read may be made. One that had to wait for a disk blocks the event loop, so the next
 * ones are left to libuv's threads.
 */
export class PageCachePace {
  readonly #cachedMs: number;
  readonly #pause: number;
  readonly #now: () => number;
  #left = 0;

  /**
   * @param cachedMs a read that takes longer was not in the page cache
   * @param pause how often {@link next} refuses after such a read
   */
  constructor(cachedMs: number, pause: number, now: () => number = () => performance.now()) {
    this.#cachedMs = cachedMs;
    this.#pause = pause;
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
      if (this.#now() - start > this.#cachedMs) this.#left = this.#pause;
    }
  }
}
