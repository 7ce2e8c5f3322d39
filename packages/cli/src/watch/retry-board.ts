import type { RetryEvent } from "@cosup/node";
import type { WaitingRequest } from "../display/progress-view.ts";

interface Entry {
  readonly event: RetryEvent;
  readonly until: number;
}

/** Which requests wait until they are sent again. */
export class RetryBoard {
  readonly #entries = new Set<Entry>();
  readonly #now: () => number;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Receives each retry when its pause begins. */
  onRetry: ((event: RetryEvent) => void) | undefined;

  add(event: RetryEvent): void {
    this.onRetry?.(event);
    this.#forgetPast(this.#now());
    this.#entries.add({ event, until: this.#now() + event.delayMs });
  }

  /** Those that still wait, the next one first. */
  waiting(now = this.#now()): readonly WaitingRequest[] {
    this.#forgetPast(now);
    return Array.from(this.#entries)
      .sort((one, other) => one.until - other.until)
      .map(({ event: { operation, Key, attempt, errorCode = "failed" }, until }) => ({
        operation,
        key: Key,
        attempt: attempt + 1,
        reason: errorCode,
        inMs: until - now,
      }));
  }

  #forgetPast(now: number): void {
    for (const entry of this.#entries) if (entry.until <= now) this.#entries.delete(entry);
  }
}

/** Of this process. */
export const retries = new RetryBoard();
