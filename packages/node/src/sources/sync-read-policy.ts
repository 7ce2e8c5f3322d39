import { dirname } from "node:path";
import { isOnLocalDisk } from "./local-disk.ts";

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
  readonly #now: () => number;
  readonly #disks = new Map<string, boolean>();
  readonly #folders = new Set<string>();
  #pause = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Allows synchronous reads in a folder if its device is a local disk.
   * @param folder its path without links
   */
  async allowFolder(folder: string, device: string): Promise<void> {
    let local = this.#disks.get(device);
    if (local === undefined) {
      local = await isOnLocalDisk(folder);
      this.#disks.set(device, local);
    }
    if (!local) return;
    this.#folders.add(folder);
    if (this.#folders.size > MOST_FOLDERS) {
      const [oldest = ""] = this.#folders;
      this.#folders.delete(oldest);
    }
  }

  /** Whether the next file may be read synchronously. Call it once per file. */
  next(path: string): boolean {
    if (!this.#folders.has(dirname(path))) return false;
    if (this.#pause === 0) return true;
    this.#pause -= 1;
    return false;
  }

  /** Runs a synchronous call and measures it: one that had to wait for a disk starts the pause. */
  runSync<T>(action: () => T): T {
    const start = this.#now();
    try {
      return action();
    } finally {
      if (this.#now() - start > CACHED_MS) this.#pause = PAUSE_FILES;
    }
  }
}

/** One for the process, because all uploads share the page cache. */
export const syncReads = new SyncReadPolicy();
