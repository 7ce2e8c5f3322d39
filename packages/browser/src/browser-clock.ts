import type { Clock } from "@cosup/core/runtime";

/** Calls that wait for their turn, in order. */
const waiting = new Set<() => void>();
let channel: MessageChannel | undefined;

/**
 * Calls `fire` in a task of its own. By a message, because browsers delay timers: those of 0 ms by 4 ms, and those of a
 * hidden page by a second or a minute, which would stop the digests of an upload in a background tab.
 * @returns cancels the call
 */
function inOwnTask(fire: () => void): () => void {
  // A new function each time: the same one may wait twice.
  const call = (): void => fire();
  waiting.add(call);
  channel ??= openChannel();
  channel.port2.postMessage(undefined);
  return () => {
    waiting.delete(call);
  };
}

/** One message is one call, or none when that was cancelled. */
function openChannel(): MessageChannel {
  const opened = new MessageChannel();
  opened.port1.onmessage = () => {
    for (const call of waiting) {
      waiting.delete(call);
      call();
      return;
    }
  };
  return opened;
}

/** The system's time, with turns of the event loop that a hidden page gets as well. */
export const browserClock: Clock = {
  now: () => Date.now(),
  timer: (delayMs, fire) => {
    if (delayMs === 0) return inOwnTask(fire);
    const id = setTimeout(fire, delayMs);
    return () => clearTimeout(id);
  },
  turn: (fire) => void inOwnTask(fire),
  random: () => Math.random(),
};
