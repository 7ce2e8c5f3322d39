import { onAbort } from "../abort-listeners.ts";

/** Runs `count` loops until all have ended; the first failure stops the others and is the one thrown. */
export async function runLoops(
  count: number,
  loop: (stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Each loop has a signal of its own: with one for all, Node takes a dozen loops' listeners for a leak, and says so.
  const stops = Array.from({ length: count }, () => new AbortController());
  let stopped: { readonly reason: unknown } | undefined;
  const stop = (reason: unknown): void => {
    // The first error is the reason; the others are its echo.
    if (stopped !== undefined) return;
    stopped = { reason };
    for (const controller of stops) controller.abort(reason);
  };
  if (signal?.aborted) stop(signal.reason);
  const leave = onAbort(signal, () => stop(signal?.reason));
  try {
    await Promise.all(stops.map((controller) => loop(controller.signal).catch(stop)));
  } finally {
    leave();
  }
  if (stopped !== undefined) throw stopped.reason;
}
