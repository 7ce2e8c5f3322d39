/** Only samples of this period count: long enough for a steady value, short enough to follow changes of bandwidth. */
const WINDOW_MS = 5000;
/** A shorter period is too short for a forecast. */
const MIN_PERIOD_MS = 1000;

/** Measures bytes per second over the last five seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly consumed: number }[] = [];

  /** @param at milliseconds of a monotonic clock */
  add(consumed: number, at: number): void {
    this.#samples.push({ at, consumed });
    let first = this.#samples[0];
    while (first !== undefined && at - first.at > WINDOW_MS && this.#samples.length > 2) {
      this.#samples.shift();
      first = this.#samples[0];
    }
  }

  /** Undefined until samples cover one second. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < MIN_PERIOD_MS) return undefined;
    // What was in flight of a request that failed is in flight no more.
    return (Math.max(0, last.consumed - first.consumed) / (last.at - first.at)) * 1000;
  }

  /** Seconds that the remaining bytes take at this rate; undefined if the rate is unknown or zero. */
  secondsFor(remaining: number): number | undefined {
    const rate = this.bytesPerSecond;
    return rate === undefined || rate <= 0 ? undefined : remaining / rate;
  }
}
