import { TransportError } from "@cosup/core";
import type { Clock, WireRequest, WireResponse } from "@cosup/core/runtime";
import type { Receipt } from "@cosup/emulator";
import { systemClock } from "../../packages/core/src/runtime/clock.ts";
import { kindOf } from "./combinations.ts";
import { isDeadline, RESPONSE_MS } from "./deadlines.ts";

interface Timer {
  readonly at: number;
  readonly kind: "pause" | "deadline" | "server";
  readonly fire: () => void;
}

type Send = (request: WireRequest) => Promise<WireResponse>;

/**
 * The time of one client and one emulator that talk over real sockets. Pauses of the client and delays of the emulator
 * take none. A deadline passes only when a fault holds up every exchange that is under way, so that a busy machine,
 * which is late with everything, has no part in the outcome. For one call at a time.
 */
export class VirtualTime implements Clock {
  readonly #timers = new Set<Timer>();
  #skippedMs = 0;
  #waitedMs = 0;
  /** Exchanges that are under way. */
  #open = 0;
  /** Exchanges that a delay of the emulator held up until they ended. */
  #heldUp = 0;
  /** Exchanges that a deadline has ended. */
  #timedOut = 0;
  #askedToWait = false;

  readonly now = (): number => Date.now() + this.#skippedMs;
  readonly random = systemClock.random;
  readonly turn = (fire: () => void): void => void setImmediate(fire);

  readonly timer = (delayMs: number, fire: () => void): (() => void) => {
    // The longest pause that a server may ask for is as long as a deadline.
    const isPause = !isDeadline(delayMs) || (this.#askedToWait && delayMs >= RESPONSE_MS);
    if (isPause) this.#askedToWait = false;
    const timer = this.#add(delayMs, isPause ? "pause" : "deadline", fire);
    return () => void this.#timers.delete(timer);
  };

  /** How delays of the emulator pass. */
  readonly sleep = (delayMs: number, gone: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const timer = this.#add(delayMs, "server", () => {
        gone?.removeEventListener("abort", leave);
        resolve();
      });
      const leave = (): void => {
        if (this.#timers.delete(timer)) this.#heldUp += 1;
        resolve();
      };
      gone?.addEventListener("abort", leave, { once: true });
    });

  /** Sends a request of the client, and knows that it is under way. */
  async send(request: WireRequest, send: Send): Promise<WireResponse> {
    const { signal } = request;
    signal.addEventListener("abort", () => {
      if (signal.reason instanceof TransportError && signal.reason.failure === "timeout") this.#timedOut += 1;
    });
    this.#open += 1;
    this.#askedToWait = false;
    try {
      const response = await send(request);
      this.#askedToWait = response.headers.get("retry-after") !== null;
      return response;
    } finally {
      this.#open -= 1;
    }
  }

  /** Milliseconds that passed in waiting for deadlines, since `run` was called last. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** Advances the time until `work` has settled; `receipt` lists the faults that fired. */
  async run<T>(work: () => Promise<T>, receipt: () => Receipt | undefined): Promise<T> {
    this.#waitedMs = 0;
    this.#heldUp = 0;
    this.#timedOut = 0;
    let settled = false;
    const result = work().finally(() => {
      settled = true;
    });
    // A failure is reported to the caller below.
    result.catch(() => {});
    while (!settled) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#pass(hangsIn(receipt()));
    }
    return result;
  }

  #add(delayMs: number, kind: Timer["kind"], fire: () => void): Timer {
    const timer: Timer = { at: this.now() + Math.max(0, delayMs), kind, fire };
    this.#timers.add(timer);
    return timer;
  }

  /** Fires the next timer if it may fire now. */
  #pass(hangs: number): void {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (next === undefined) return;
    if (next.kind === "deadline" && !this.#isPausing() && !this.#isStalled(hangs)) return;
    const skippedMs = Math.max(0, next.at - this.now());
    this.#skippedMs += skippedMs;
    if (next.kind === "deadline") this.#waitedMs += skippedMs;
    this.#timers.delete(next);
    next.fire();
  }

  /** The client only waits between two attempts. */
  #isPausing(): boolean {
    return this.#open === 0 && this.#pending("pause") > 0;
  }

  /** A fault holds up everything that is under way. */
  #isStalled(hangs: number): boolean {
    const stalled = hangs + this.#heldUp + this.#pending("server") - this.#timedOut;
    return stalled > 0 && stalled >= this.#open;
  }

  #pending(wanted: Timer["kind"]): number {
    return [...this.#timers].filter(({ kind }) => kind === wanted).length;
  }
}

/** Requests that were left without a response; the other faults that stall are delays. */
function hangsIn(receipt: Receipt | undefined): number {
  return (receipt?.instructions ?? [])
    .filter(({ instruction }) => ["silence", "stop-reading"].includes(kindOf(instruction.fault)))
    .reduce((sum, { fired }) => sum + fired, 0);
}
