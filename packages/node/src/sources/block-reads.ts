import { PageCachePace } from "./page-cache-pace.ts";

/**
 * One for each thread, because all of its uploads share the page cache. 256 KiB of it are copied in 0.02 ms to 0.1 ms; on a busy
 * machine, one read in 100 takes more than 0.5 ms, several of them at a time. A disk that needs more than 0.5 ms is faster
 * when four threads ask it. After nine slow reads, 16 parts are read by libuv's threads.
 */
export const blockReads = new PageCachePace({ cachedMs: 0.5, pause: 16, tolerated: 8 });
