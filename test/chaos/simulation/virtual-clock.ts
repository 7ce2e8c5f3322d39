import type { Clock } from "@cosup/core/runtime";
import { Random } from "../../../packages/core/test/support/random.ts";
import { trackPlatform, untrackedWorkDone } from "./untracked-work.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** No timer and no work is left that could settle the awaited promise: a buffer, a lock or a response was lost. */
export class Stuck extends Error {
  override readonly name = "Stuck";
}

const EVENT_LIMIT = 200_000;
/** Real milliseconds granted to work of the platform that is not tracked. */
const PATIENCE_MS = 40;

/** Time that passes only when nothing else can happen. The same calls in the same order give the same run. */
export class VirtualClock implements Clock {
  readonly #random: Random;
  /** Latest first, so that the next one is popped. */
  #timers: Timer[] = [];
  #now = 1_700_000_000_000;
  #order = 0;

  constructor(seed: number) {
    trackPlatform();
    this.#random = new Random(seed);
  }

  now(): number {
    return this.#now;
  }

  /** A field, because core passes it on without its clock. */
  readonly random = (): number => this.#random.next();

  timer(delayMs: number, fire: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order, fire, cancelled: false };
    this.#order += 1;
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle];
      if (
        other !== undefined &&
        (other.at > timer.at || (other.at === timer.at && other.order > timer.order))
      )
        low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return () => {
      timer.cancelled = true;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.timer(delayMs, resolve));
  }

  /** Lets time pass until `work` has settled. */
  async run<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    work.then(mark, mark);
    let patience = PATIENCE_MS;
    for (let events = 0; events < EVENT_LIMIT; ) {
      await quiet();
      if (settled) return work;
      if (this.#fireNext()) {
        events += 1;
        patience = PATIENCE_MS;
      } else {
        if (patience === 0) throw new Stuck("nothing is pending that could settle the work");
        patience -= 1;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    throw new Stuck(`the work has not settled after ${EVENT_LIMIT} events`);
  }

  /** Lets time pass until no timer is left: everything under way has arrived. */
  async drain(): Promise<void> {
    for (let events = 0; events < EVENT_LIMIT; events += 1) {
      await quiet();
      if (!this.#fireNext()) return;
    }
    throw new Stuck("timers beget timers without end");
  }

  #fireNext(): boolean {
    for (;;) {
      const next = this.#timers.pop();
      if (next === undefined) return false;
      if (next.cancelled) continue;
      this.#now = Math.max(this.#now, next.at);
      next.fire();
      return true;
    }
  }
}

/** Resolves when everything that needs no time has happened. */
async function quiet(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await untrackedWorkDone();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await untrackedWorkDone();
}
