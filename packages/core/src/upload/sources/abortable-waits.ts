/** Waits that an abort ends, one at a time. */
export interface AbortableWaits {
  /** Settles as `promise` does, or rejects with the signal's reason as soon as it aborts. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Gives the listener back. */
  end(): void;
}

/**
 * All waits of one read under one listener: a listener for each chunk costs more than a tiny chunk itself, and as much
 * memory again as the part that it goes into.
 */
export function abortableWaits(signal: AbortSignal | undefined): AbortableWaits {
  let fail: (reason: unknown) => void = () => {};
  const onAbort = (): void => fail(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  return {
    settle: (promise) =>
      new Promise((resolve, reject) => {
        fail = reject;
        if (signal?.aborted) onAbort();
        promise.then(resolve, reject);
      }),
    end: () => signal?.removeEventListener("abort", onAbort),
  };
}
