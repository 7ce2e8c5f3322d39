/**
 * The same items, until the signal aborts: also while the next one is waited for, because a terminal or a pipe may give none for
 * hours.
 * @throws the reason of the signal
 */
export async function* untilAborted<T>(items: AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T> {
  if (signal === undefined) return yield* items;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  // It may abort while nobody waits.
  aborted.catch(() => {});
  signal.addEventListener("abort", abort, { once: true });
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: a generator ends after the item that it waits for.
    iterator.return?.().catch(() => {});
  }
}
