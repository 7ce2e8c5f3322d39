import { onAbort } from "../abort/abort-listeners.ts";
import { StopSignal } from "../abort/own-signal.ts";

/** Runs `count` workers until all have ended. The first failure aborts the others and is thrown. */
export async function runWorkers(
  count: number,
  worker: (stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const all = new StopSignal();
  // The first error becomes the abort reason, with which the other workers reject.
  const stop = (reason: unknown): void => all.stop(reason);
  if (signal?.aborted) stop(signal.reason);
  const leave = onAbort(signal, stop);
  try {
    await Promise.all(Array.from({ length: count }, () => worker(all).catch(stop)));
  } finally {
    leave();
  }
  all.throwIfAborted();
}
