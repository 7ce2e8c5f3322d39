import { isOnLocalDisk } from "./local-disk.ts";
import { PageCachePace } from "./page-cache-pace.ts";

/**
 * 256 KiB of the page cache are copied in 0.04 ms to 0.1 ms. A disk that gives them within 1 ms blocks the event loop no
 * longer than a part's digest does.
 */
const CACHED_MS = 1;
/** Parts that are read by libuv's threads after one that was not in the page cache. */
const PAUSE_PARTS = 8;

/** One for the process, because all uploads share the page cache. */
export const blockReads = new PageCachePace(CACHED_MS, PAUSE_PARTS);

const localDisks = new Map<number | bigint, Promise<boolean>>();

/** {@link isOnLocalDisk}, asked once for each device. */
export function isOnKnownLocalDisk(path: string, device: number | bigint): Promise<boolean> {
  let known = localDisks.get(device);
  if (known === undefined) {
    known = isOnLocalDisk(path);
    localDisks.set(device, known);
  }
  return known;
}
