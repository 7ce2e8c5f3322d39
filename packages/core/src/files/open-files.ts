import { onAbort } from "../abort/abort-listeners.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";

/** A file whose descriptor can be closed for a while. */
export interface Suspendable {
  /** Closes it; the next read opens it again. */
  suspend(): void;
}

export interface OpenFilesOptions {
  /** Whether an error says that the process, or the system, may open no more files. */
  readonly isTableFull: (error: unknown) => boolean;
  readonly clock?: Clock;
}

/** Files that stay open though nobody reads them, so that the next read finds them open. */
const IDLE_FILES = 32;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;
/** A full table is an error if no descriptor was opened or closed in the process for this long. */
const STANDSTILL_MS = 10_000;

interface Waiting {
  readonly since: number;
  /** Tries once; false: the table is still full. */
  readonly attempt: (isLast: boolean) => Promise<boolean>;
}

/**
 * Shares the file descriptors of a process among its uploads. An action that finds no free descriptor waits in a queue.
 * Files that are not being read are closed, each descriptor that becomes free goes to the first in the queue, and there is
 * no deadline as long as the queue advances. One per process, because all uploads share its descriptors.
 */
export class OpenFiles {
  readonly #isTableFull: (error: unknown) => boolean;
  readonly #clock: Clock;
  /** The oldest first. An array, because it is short and changes with every file. */
  readonly #idle: Suspendable[] = [];
  readonly #queue: Waiting[] = [];
  #isServing = false;
  #movedAt = 0;
  #hasMoved = false;
  #wake = (): void => {};

  /**
   * Create one per process.
   * @param options what a full table looks like; a clock, in tests
   */
  constructor({ isTableFull, clock = systemClock }: OpenFilesOptions) {
    this.#isTableFull = isTableFull;
    this.#clock = clock;
  }

  /** Runs an action that opens a file, a directory or a connection, as soon as a descriptor is free for it. */
  async open<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#queue.length === 0) {
      try {
        return await action();
      } catch (error) {
        if (!this.#isTableFull(error)) throw error;
      }
    }
    return this.#waitInQueue(action, signal);
  }

  /** `file` is not being read any more: its descriptor may be closed for others. */
  idle(file: Suspendable): void {
    if (this.#queue.length > 0) {
      file.suspend();
      return;
    }
    if (!this.#idle.includes(file)) this.#idle.push(file);
    if (this.#idle.length > IDLE_FILES) this.#idle.shift()?.suspend();
  }

  /** `file` is read again, or closed for good. */
  busy(file: Suspendable): void {
    const at = this.#idle.indexOf(file);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** A descriptor was closed. */
  closed(): void {
    if (this.#queue.length === 0) return;
    this.#movedAt = this.#clock.now();
    this.#hasMoved = true;
    this.#wake();
  }

  #waitInQueue<T>(action: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const settle = (): void => {
        stop();
        const place = this.#queue.indexOf(waiting);
        if (place >= 0) this.#queue.splice(place, 1);
      };
      const waiting: Waiting = {
        since: this.#clock.now(),
        attempt: async (isLast) => {
          // From here on, an abort would leak the descriptor.
          stop();
          try {
            const opened = await action();
            settle();
            resolve(opened);
            return true;
          } catch (error) {
            if (this.#isTableFull(error) && !isLast && !signal?.aborted) {
              stop = onAbort(signal, giveUp);
              return false;
            }
            settle();
            reject(signal?.aborted ? signal.reason : error);
            return true;
          }
        },
      };
      const giveUp = (): void => {
        settle();
        reject(signal?.reason);
      };
      let stop = onAbort(signal, giveUp);
      this.#queue.push(waiting);
      void this.#serve();
    });
  }

  /** Serves the queue, one action after the other. */
  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    let delayMs = FIRST_WAIT_MS;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      for (const file of this.#idle.splice(0)) file.suspend();
      this.#hasMoved = false;
      const stoodMs = this.#clock.now() - Math.max(first.since, this.#movedAt);
      if (await first.attempt(stoodMs >= STANDSTILL_MS)) {
        if (stoodMs < STANDSTILL_MS) this.#movedAt = this.#clock.now();
        delayMs = FIRST_WAIT_MS;
      } else if (!this.#hasMoved) {
        await this.#closedOr(delayMs);
        delayMs = Math.min(2 * delayMs, LONGEST_WAIT_MS);
      }
    }
    this.#isServing = false;
  }

  /** Resolves when a descriptor is closed, or after a delay: other code in the process may have closed one. */
  #closedOr(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.timer(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
