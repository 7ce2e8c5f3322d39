import type { Clock } from "../runtime/clock.ts";

/** Official SDKs correct the clock from 30 s on; COS refuses from 15 minutes on. */
const TOLERANCE_MS = 30_000;

/** A signature stays valid this long; every official SDK is within 15 minutes to three hours. */
const VALID_SECONDS = 900;

/** Key times begin at a multiple of this, so that all requests of the interval share one SignKey. */
const QUANTUM_SECONDS = 300;

/** COS's time: the local clock, corrected by the `Date` header of a response. */
export class ServerClock {
  readonly #clock: Clock;
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /**
   * `start;end` in Unix seconds around now. The start lies up to five minutes back, within COS's tolerance of
   * fifteen, and the end never less than ten minutes ahead.
   */
  keyTime(validSeconds: number = VALID_SECONDS + QUANTUM_SECONDS): string {
    const start = Math.floor(this.now() / 1000 / QUANTUM_SECONDS) * QUANTUM_SECONDS - 60;
    return `${start};${start + 60 + validSeconds}`;
  }

  /**
   * Corrects the clock after COS refused a signature as skewed or expired.
   * @param usedOffsetMs the correction that the refused request was signed with: of many that are refused at
   *   once, only the first corrects the clock
   * @returns whether another signature can succeed
   */
  correct(serverTimeMs: number, usedOffsetMs: number): boolean {
    if (usedOffsetMs !== this.#offsetMs) return true;
    if (!Number.isFinite(serverTimeMs) || Math.abs(serverTimeMs - this.now()) < TOLERANCE_MS) return false;
    this.#offsetMs = serverTimeMs - this.#clock.now();
    return true;
  }
}
