/** One who is woken when there is news. */
export interface Follower {
  /** Resolves when there has been news since the last call, or when the signal aborts. */
  next(gone: AbortSignal): Promise<void>;
  stop(): void;
}

/** Wakes those who follow. However much happens before a follower looks, it is woken once, and nothing is queued. */
export class News {
  readonly #wakers = new Set<() => void>();

  /** Whether anybody follows. What only followers need is not recorded without them. */
  get followed(): boolean {
    return this.#wakers.size > 0;
  }

  tell(): void {
    for (const wake of this.#wakers) wake();
  }

  follow(): Follower {
    let fresh = false;
    let resume: (() => void) | undefined;
    const wake = (): void => {
      fresh = true;
      resume?.();
    };
    this.#wakers.add(wake);
    return {
      stop: () => {
        this.#wakers.delete(wake);
        resume?.();
      },
      next: (gone) =>
        new Promise((resolve) => {
          const done = (): void => {
            gone.removeEventListener("abort", done);
            fresh = false;
            resume = undefined;
            resolve();
          };
          if (fresh || gone.aborted) return done();
          resume = done;
          gone.addEventListener("abort", done);
        }),
    };
  }
}
