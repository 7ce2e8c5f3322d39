/** Runs `count` loops until all have ended; the first failure stops the others and is the one thrown. */
export async function runLoops(
  count: number,
  loop: (stop: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  const guarded = (): Promise<void> =>
    loop(stop.signal).catch((error: unknown) => {
      // The first error is the reason; the others are its echo.
      if (!stop.signal.aborted) stop.abort(error);
    });
  try {
    await Promise.all(Array.from({ length: count }, guarded));
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  if (stop.signal.aborted) throw stop.signal.reason;
}
