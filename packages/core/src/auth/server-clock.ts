import type { Clock } from "../runtime/clock.ts";

/** Official SDKs correct the clock from 30 s on; COS refuses from 15 minutes on. */
const TOLERANCE_MS = 30_000;

/** A signature stays valid this long; every official SDK is within 15 minutes to three hours. */
const VALID_SECONDS = 900;

/** Key times begin on a multiple of this, so that one SignKey serves all requests of the interval. */
const QUANTUM_SECONDS = 300;

/** The local clock plus what COS's `Date` header taught about its error. */
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
   * Learns COS's time after it refused a signature as skewed or expired.
   * @param usedOffsetMs the offset that the refused request was signed with: of many refused at once, only the
   *   first corrects
   * @returns whether signing again can help
   */
  correct(serverTimeMs: number, usedOffsetMs: number): boolean {
    if (usedOffsetMs !== this.#offsetMs) return true;
    if (!Number.isFinite(serverTimeMs) || Math.abs(serverTimeMs - this.now()) < TOLERANCE_MS) return false;
    this.#offsetMs = serverTimeMs - this.#clock.now();
    return true;
  }
}
