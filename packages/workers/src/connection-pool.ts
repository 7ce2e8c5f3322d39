/** Lets at most `size` requests run in parallel. The others wait in the order of their arrival. */
export class ConnectionPool {
  readonly #size: number;
  readonly #waiting = new Set<() => void>();
  #open = 0;
  #highWater = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** The largest number of requests that ran in parallel. */
  get highWater(): number {
    return this.#highWater;
  }

  /**
   * Resolves when a connection is free, with the function that releases it; a second call of that function does
   * nothing. Rejects with the signal's reason if the signal aborts first.
   */
  acquire(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const grant = (): void => {
        this.#waiting.delete(grant);
        signal.removeEventListener("abort", onAbort);
        this.#open += 1;
        this.#highWater = Math.max(this.#highWater, this.#open);
        resolve(this.#releaser());
      };
      const onAbort = (): void => {
        this.#waiting.delete(grant);
        reject(signal.reason);
      };
      if (this.#open < this.#size) {
        grant();
        return;
      }
      this.#waiting.add(grant);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  #releaser(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#open -= 1;
      for (const grant of this.#waiting) {
        grant();
        return;
      }
    };
  }
}
