import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Page-cached files are read in 2 to 10 µs, disks and networks not within this. */
const CACHED_MS = 0.2;
/** Files that are read through libuv's threads after one that was not in the page cache. */
const REST_FILES = 32;
/** A folder upload has files of few folders under way. */
const TRUSTED_FOLDERS = 64;

/** Of linux/magic.h: file systems that need this machine alone. A network's may hang for ever. */
const LOCAL_DISKS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x01021994, // tmpfs
  0x794c7630, // overlay
]);

async function isLocal(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  return statfs(folder).then(
    ({ type }) => LOCAL_DISKS.has(type),
    () => false,
  );
}

/**
 * Whether small files of a folder may be opened and read on the spot. From the page cache, a file takes 8 µs that way
 * and 50 µs through libuv's threads, whose waking is most of what a small object costs. The first file that had to be
 * waited for ends it, so that a slow disk holds up the event loop for at most one file in 33. Other file systems than
 * local disks are never waited for on the spot: no abort would reach it.
 */
export class CachePace {
  readonly #now: () => number;
  readonly #disks = new Map<bigint, boolean>();
  readonly #trusted = new Set<string>();
  #rest = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Trusts a folder, by its path without links, if its device is a local disk. */
  async trust(folder: string, device: bigint): Promise<void> {
    let local = this.#disks.get(device);
    if (local === undefined) {
      local = await isLocal(folder);
      this.#disks.set(device, local);
    }
    if (!local) return;
    this.#trusted.add(folder);
    if (this.#trusted.size > TRUSTED_FOLDERS) {
      const [oldest = ""] = this.#trusted;
      this.#trusted.delete(oldest);
    }
  }

  /** Asked once for each file. */
  next(path: string): boolean {
    if (!this.#trusted.has(dirname(path))) return false;
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

/** One for the process: it is the same page cache. */
export const processPace = new CachePace();
