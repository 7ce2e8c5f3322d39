import { dirname } from "node:path";
import { isDeviceLocal } from "./local-disk.ts";
import { PageCachePace } from "./page-cache-pace.ts";

/** A read from the page cache takes 2 to 10 µs; one from a disk or a network takes longer than this. */
const CACHED_MS = 0.2;
/** So many files are read by libuv's threads after one that was not in the page cache. */
const PAUSE_FILES = 32;
/** A folder upload has files of few folders under way. */
const MOST_FOLDERS = 64;

/**
 * Decides whether a small file of a folder may be opened and read synchronously. From the page cache, that takes 8 µs,
 * and 50 µs by libuv's threads: most of the cost of a small object. After a file that was not in the page cache, the next
 * 32 files use the threads, so that a slow disk blocks the event loop for at most one file in 33. Files on anything but a
 * local disk always use the threads: a synchronous call that hangs could not be aborted.
 */
export class SyncReadPolicy {
  readonly #pace: PageCachePace;
  readonly #folders = new Set<string>();

  constructor(now?: () => number) {
    this.#pace = new PageCachePace({ cachedMs: CACHED_MS, pause: PAUSE_FILES }, now);
  }

  /**
   * Allows synchronous reads in a folder if its device is a local disk.
   * @param folder its path without links
   */
  async allowFolder(folder: string, device: string): Promise<void> {
    if (!(await isDeviceLocal(folder, device))) return;
    this.#folders.add(folder);
    if (this.#folders.size > MOST_FOLDERS) {
      const [oldest = ""] = this.#folders;
      this.#folders.delete(oldest);
    }
  }

  /** Whether the next file may be read synchronously. Call it once per file. */
  next(path: string): boolean {
    return this.#folders.has(dirname(path)) && this.#pace.next();
  }

  /** Runs a synchronous call and measures it: one that had to wait for a disk starts the pause. */
  runSync<T>(action: () => T): T {
    return this.#pace.run(action);
  }
}

/** One for the process, because all uploads share the page cache. */
export const syncReads = new SyncReadPolicy();
