import { onAbort } from "../abort/abort-listeners.ts";
import { StopSignal } from "../abort/own-signal.ts";

/** Runs `count` loops until all have ended; the first failure stops the others and is the one thrown. */
export async function runLoops(
  count: number,
  loop: (stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const all = new StopSignal();
  // The first error is the reason; the others are its echo.
  const stop = (reason: unknown): void => all.stop(reason);
  if (signal?.aborted) stop(signal.reason);
  const leave = onAbort(signal, () => stop(signal?.reason));
  try {
    await Promise.all(Array.from({ length: count }, () => loop(all).catch(stop)));
  } finally {
    leave();
  }
  all.throwIfAborted();
}
