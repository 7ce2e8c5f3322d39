import { onAbort } from "./abort-listeners.ts";

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it aborts: an operation that hangs does not
 * delay an abort. A later rejection of `promise` is ignored; it is never unhandled.
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
