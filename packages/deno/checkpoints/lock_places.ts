import type { CheckpointLock } from "@cosup/core";
import { withDescriptor } from "@cosup/core/files";
import { acquireLock } from "./file_lock.ts";

/**
 * Locks that a process may hold at once. Each holds a descriptor until its upload has ended, which needs more of them for
 * its file and its connections: with hundreds of locks none would be left, and every upload would wait for the others.
 */
const MOST_LOCKS = 32;

let free = MOST_LOCKS;
const waiting: (() => void)[] = [];

/** Takes a lock file as soon as this process holds less than 32; undefined if another upload holds it. */
export async function acquireLimitedLock(path: string): Promise<CheckpointLock | undefined> {
  const leave = await takePlace();
  let lock: CheckpointLock | undefined;
  try {
    lock = await withDescriptor(() => acquireLock(path));
  } finally {
    if (lock === undefined) leave();
  }
  return lock && { release: () => lock.release().finally(leave) };
}

/** Waits for a place; the returned function gives it back, once. */
async function takePlace(): Promise<() => void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
}
