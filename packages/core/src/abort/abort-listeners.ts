/** What runs when a signal aborts, with the signal's reason. */
export type Listener = (reason: unknown) => void;

/**
 * The method that adds a listener to our own signals. They keep listeners in an array, because one call has few of them:
 * Sets that grow and shrink with each request leave chains of old tables to the garbage collector, which cost an upload of
 * a small object 15 µs.
 */
export const listen: unique symbol = Symbol("listen");

/** A signal of ours. */
interface ListenedSignal extends AbortSignal {
  [listen](listener: Listener): () => void;
}

/** All listeners of one signal, behind a single real listener. */
class Audience {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  add(listener: Listener): () => void {
    // The same function may be added twice, and each is removed separately.
    const entry = (): void => listener(this.#signal.reason);
    this.#listeners.add(entry);
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#leave();
    };
  }

  readonly #onAbort = (): void => {
    AUDIENCES.delete(this.#signal);
    for (const listener of this.#listeners) {
      this.#listeners.delete(listener);
      listener();
    }
  };

  #leave(): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    AUDIENCES.delete(this.#signal);
  }
}

const AUDIENCES = new WeakMap<AbortSignal, Audience>();

/**
 * Calls `listener` once when `signal` aborts; never when it has aborted already. One signal for hundreds of uploads is
 * ordinary use, and Node 20 prints MaxListenersExceededWarning for a signal with more than ten listeners: this adds a
 * single one, however often it is called.
 * @returns removes the listener; calling it twice does nothing
 */
export function onAbort(signal: AbortSignal | undefined, listener: Listener): () => void {
  if (signal === undefined) return () => {};
  if (listen in signal) return (signal as ListenedSignal)[listen](listener);
  let audience = AUDIENCES.get(signal);
  if (audience === undefined) {
    audience = new Audience(signal);
    AUDIENCES.set(signal, audience);
  }
  return audience.add(listener);
}
