import { onAbort } from "../abort/abort-listeners.ts";

/** Time and random numbers. Tests pass a clock of their own, so that they run on virtual time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fire` once after `delayMs`; the returned function cancels it. */
  timer(delayMs: number, fire: () => void): () => void;
  /**
   * Calls `fire` after everything that waits in the event loop now. Without this method, core uses a timer of 0, which
   * takes a millisecond each time.
   */
  turn?(fire: () => void): void;
  /** A random number in [0, 1). */
  random(): number;
}

/** In Node and Deno: a turn of the event loop without the millisecond that a timer takes at least. */
const { setImmediate } = globalThis as { setImmediate?: (fire: () => void) => void };

export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (delayMs, fire) => {
    const id = setTimeout(fire, delayMs);
    return () => clearTimeout(id);
  },
  ...(setImmediate === undefined ? {} : { turn: (fire: () => void) => void setImmediate(fire) }),
  random: () => Math.random(),
};

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = clock.timer(delayMs, () => {
      stop();
      resolve();
    });
    const stop = onAbort(signal, (reason) => {
      cancel();
      reject(reason);
    });
  });
}
