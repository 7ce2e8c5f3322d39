/**
 * Runs a task for each item, some at once. The first failure aborts the others; it is thrown when all have ended.
 * @param most tasks at once
 */
export async function inParallel<T>(
  items: readonly T[],
  most: number,
  outer: AbortSignal,
  task: (item: T, signal: AbortSignal, worker: number) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const waiting = items.values();
  const worker = async (number: number): Promise<void> => {
    for (const item of waiting) {
      signal.throwIfAborted();
      await task(item, signal, number);
    }
  };
  let failure: { readonly reason: unknown } | undefined;
  const fail = (reason: unknown): void => {
    failure ??= { reason };
    stop.abort(reason);
  };
  const workers = Array.from({ length: Math.min(most, items.length) }, (_, at) => worker(at).catch(fail));
  await Promise.all(workers);
  if (failure !== undefined) throw failure.reason;
}
