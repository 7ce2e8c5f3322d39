import { onAbort } from "../abort/abort-listeners.ts";

/**
 * Requests of one client under way at once. Far above any sensible concurrency of one upload. Without a limit, 6 000
 * calls at once would open 6 000 connections, or wait in a queue of the runtime until their signatures expire.
 */
export const MOST_REQUESTS = 128;

type Grant = () => void;

/**
 * The queue of a client: a request waits here before it is signed, and without a deadline. After a timeout fewer
 * requests with a body run at once, because all uploads of a client share one network; successes allow more again.
 */
export class RequestQueue {
  readonly #most: number;
  #width: number;
  #running = 0;
  #successes = 0;
  /** Requests without a body come first: they are short, and the abort of a failed upload is one of them. */
  readonly #short = new Set<Grant>();
  readonly #others = new Set<Grant>();

  /** @param most requests with a body that may ever run at once */
  constructor(most = MOST_REQUESTS) {
    this.#most = Math.min(most, MOST_REQUESTS);
    this.#width = this.#most;
  }

  /** Requests with a body that may run at once. */
  get width(): number {
    return this.#width;
  }

  /**
   * Takes a place, which `leave` returns; a promise only when none is free.
   * @param short whether the request has no body
   */
  enter(short: boolean, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (!this.#isFree(short)) return this.#wait(short ? this.#short : this.#others, signal);
    this.#running += 1;
    return undefined;
  }

  leave(): void {
    this.#running -= 1;
    this.#serve();
  }

  /** After a timeout: half as many as run now, at least one. */
  narrow(): void {
    this.#width = Math.max(1, Math.floor(Math.min(this.#running, this.#width) / 2));
    this.#successes = 0;
  }

  /** After a success: one more, once as many have succeeded as may run at once. */
  widen(): void {
    if (this.#width === this.#most) return;
    this.#successes += 1;
    if (this.#successes < this.#width) return;
    this.#successes = 0;
    this.#width += 1;
    this.#serve();
  }

  #isFree(short: boolean): boolean {
    return this.#running < (short ? MOST_REQUESTS : this.#width);
  }

  #wait(waiting: Set<Grant>, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        waiting.delete(grant);
        stop();
        this.#running += 1;
        resolve();
      };
      const stop = onAbort(signal, () => {
        waiting.delete(grant);
        reject(signal?.reason);
      });
      waiting.add(grant);
    });
  }

  #serve(): void {
    for (const grant of this.#short) {
      if (!this.#isFree(true)) return;
      grant();
    }
    for (const grant of this.#others) {
      if (!this.#isFree(false)) return;
      grant();
    }
  }
}
