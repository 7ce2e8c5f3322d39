import { onAbort } from "./abort-listeners.ts";

/**
 * What `promise` settles with, or the signal's reason as soon as it aborts: nothing that hangs may hold up an abort.
 * Whichever of the two comes second is ignored, never an unhandled rejection.
 */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    const stop = onAbort(signal, giveUp);
    promise.then(resolve, reject).finally(stop);
  });
}
