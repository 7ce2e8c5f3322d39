/** Page-cached files answer in 2 to 10 µs, disks and networks not within this. */
const CACHED_MS = 0.2;
/** Files that are read through libuv's threads after one that was not in the page cache. */
const REST_FILES = 32;

/**
 * Whether small files of a folder may be opened and read on the spot. From the page cache, a file takes 8 µs that way
 * and 50 µs through libuv's threads, whose waking is most of what a small object costs. The first file that had to be
 * waited for ends it, so that a slow disk holds up the event loop for at most one file in 33.
 */
export class CachePace {
  readonly #now: () => number;
  #rest = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Asked once for each file. */
  next(): boolean {
    if (this.#rest === 0) return true;
    this.#rest -= 1;
    return false;
  }

  /** Does what may turn out to wait for a disk. */
  onTheSpot<T>(action: () => T): T {
    const start = this.#now();
    try {
      return action();
    } finally {
      if (this.#now() - start > CACHED_MS) this.#rest = REST_FILES;
    }
  }
}
