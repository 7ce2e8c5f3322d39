import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/runtime/clock.ts";
import { Random } from "./random.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** WebCrypto works in threads, during which no virtual time may pass. */
let working = 0;

function counted<A extends unknown[], R>(
  method: (...parameters: A) => Promise<R>,
): (...parameters: A) => Promise<R> {
  return async (...parameters) => {
    working += 1;
    try {
      return await method.apply(crypto.subtle, parameters);
    } finally {
      working -= 1;
    }
  };
}

Object.defineProperties(crypto.subtle, {
  digest: { value: counted(crypto.subtle.digest), configurable: true },
  sign: { value: counted(crypto.subtle.sign), configurable: true },
  importKey: { value: counted(crypto.subtle.importKey as () => Promise<CryptoKey>), configurable: true },
});

/** Time that passes only when nothing else can happen: hours of retries run in milliseconds. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #random: Random;
  #now: number;
  #order = 0;

  constructor(now = 1_700_000_000_000, seed = 1) {
    this.#now = now;
    this.#random = new Random(seed);
  }

  now(): number {
    return this.#now;
  }

  /** A field, because it is passed on without its clock. */
  readonly random = (): number => this.#random.next();

  timer(delayMs: number, fire: () => void): () => void {
    const timer: Timer = { at: this.#now + delayMs, order: this.#order, fire };
    this.#order += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were not cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.timer(delayMs, resolve));
  }

  /** Advances the time until `work` has settled. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    for (let quiet = 0; !settled; ) {
      await this.idle();
      if (settled) break;
      quiet = this.#fireNext() ? 0 : quiet + 1;
      if (quiet > 20_000) throw new Error("stuck: no timer is pending and the work has not settled");
    }
    return work;
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await this.idle();
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      this.#fireNext();
    }
    this.#now = until;
    await this.idle();
  }

  /** Resolves when everything that needs no time has happened. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      await setImmediate();
      quiet = working === 0 ? quiet + 1 : 0;
    }
  }

  #fireNext(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.fire();
    return true;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer;
    }
    return next;
  }
}
