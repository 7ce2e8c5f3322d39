/** Milliseconds that what was told to end waits for Redis before it ends all the same. */
export const LAST_WORDS_MS = 5_000;

/** `over` resolves some time after the signal was aborted, unless it is cleared. */
export function afterAbort(signal: AbortSignal, ms: number): { over: Promise<void>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let begin = (): void => {};
  const over = new Promise<void>((resolve) => {
    begin = () => {
      timer = setTimeout(resolve, ms);
    };
  });
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    over,
    clear: () => {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
