let running = 0;
let waiting: (() => void)[] = [];

/** Counts work that runs outside the event loop's own queues (files, WebCrypto, WASM compilation). */
export function track<T>(work: Promise<T>): Promise<T> {
  running += 1;
  return work.finally(() => {
    running -= 1;
    if (running > 0) return;
    const resume = waiting;
    waiting = [];
    for (const go of resume) go();
  });
}

/** Resolves when nothing that was tracked is running any more. */
export async function untrackedWorkDone(): Promise<void> {
  while (running > 0) await new Promise<void>((resolve) => waiting.push(resolve));
}

let tracking = false;

/**
 * Tracks the two platform promises that core waits for. Otherwise a timer could fire
 * while a digest still runs in its thread, and the same seed would give another run on a busy machine.
 */
export function trackPlatform(): void {
  if (tracking) return;
  tracking = true;
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  crypto.subtle.digest = (algorithm, data) => track(digest(algorithm, data));
  const instantiate: unknown = WebAssembly.instantiate;
  if (typeof instantiate !== "function") throw new Error("WebAssembly.instantiate is missing");
  Object.assign(WebAssembly, {
    instantiate: (...given: unknown[]) =>
      track(Promise.resolve(Reflect.apply(instantiate, WebAssembly, given))),
  });
}
