/** A write of 256 KiB to the page cache takes 0.1 ms; one that has to wait for a disk takes longer than this. */
const CACHED_MS = 2;
/** So many writes are made by libuv's threads after the first one that had to wait. */
const SHORT_PAUSE = 8;
/** And after many in a row. */
const LONG_PAUSE = 512;

/**
 * Decides whether bytes of a download may be written synchronously. Into the page cache, that costs half of what it costs
 * by libuv's threads. A write that had to wait, because the kernel holds writers back while the disk catches up, blocks the
 * event loop: the next 8 writes use the threads, then one tries again. As long as that one has to wait, the pauses become
 * longer, up to 512 writes.
 */
export class SyncWritePolicy {
  readonly #now: () => number;
  #pause = 0;
  #nextPause = SHORT_PAUSE;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the next write may be synchronous. Call it once per write. */
  next(): boolean {
    if (this.#pause === 0) return true;
    this.#pause -= 1;
    return false;
  }

  /** Runs a synchronous write and measures it. */
  runSync(write: () => void): void {
    const start = this.#now();
    try {
      write();
    } finally {
      const waited = this.#now() - start > CACHED_MS;
      this.#pause = waited ? this.#nextPause : 0;
      this.#nextPause = waited ? Math.min(LONG_PAUSE, this.#nextPause * 2) : SHORT_PAUSE;
    }
  }
}

/** One for the process, because all downloads share the page cache. */
export const syncWrites = new SyncWritePolicy();
