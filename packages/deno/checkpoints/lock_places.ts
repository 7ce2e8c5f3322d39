/**
 * Locks that a process may hold at once. Each holds a descriptor until its upload has ended, which needs more of them for
 * its file and its connections: hundreds of locks would leave none, and every upload would wait for the others.
 */
const MOST_LOCKS = 32;

let free = MOST_LOCKS;
const waiting: (() => void)[] = [];

/** Waits for a place; the function that it resolves with gives it back, once. */
export async function takePlace(): Promise<() => void> {
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
