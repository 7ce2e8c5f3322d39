/** Limits of a {@link PageCachePace}. */
export interface Pace {
  /** A call that takes longer was not served by the page cache. */
  readonly cachedMs: number;
  /** How often `next` refuses after such calls. */
  readonly pause: number;
  /** Each pause after another one is twice as long, until a call is fast again; up to this. Default: `pause`. */
  readonly longestPause?: number;
  /** Slow calls that are put down to other work of the machine. Two fast ones make up for one. Default 0. */
  readonly tolerated?: number;
}

/**
 * Decides whether the next read or write of a file may be synchronous. One that had to wait for a disk blocks the event
 * loop, so the next ones are left to libuv's threads.
 */
export class PageCachePace {
  readonly #pace: Pace;
  readonly #now: () => number;
  #left = 0;
  #nextPause: number;
  #slow = 0;

  constructor(pace: Pace, now: () => number = () => performance.now()) {
    this.#pace = pace;
    this.#nextPause = pace.pause;
    this.#now = now;
  }

  /** Whether the next calls may be synchronous. */
  next(): boolean {
    if (this.#left === 0) return true;
    this.#left -= 1;
    return false;
  }

  /** Whether the last call was fast enough for another one to follow at once. */
  get fast(): boolean {
    return this.#left === 0;
  }

  /** Runs a synchronous call and measures it. */
  run<T>(call: () => T): T {
    const start = this.#now();
    try {
      return call();
    } finally {
      this.#judge(this.#now() - start > this.#pace.cachedMs);
    }
  }

  #judge(slow: boolean): void {
    const { pause, longestPause = pause, tolerated = 0 } = this.#pace;
    this.#slow = slow ? this.#slow + 1 : Math.max(0, this.#slow - 0.5);
    if (!slow) this.#nextPause = pause;
    if (this.#slow <= tolerated) return;
    this.#slow = 0;
    this.#left = this.#nextPause;
    this.#nextPause = Math.min(longestPause, this.#nextPause * 2);
  }
}
