/** So much of the past counts: long enough to be steady, short enough to follow a slower line. */
const WINDOW_MS = 5000;
/** Less says nothing about what is to come. */
const LEAST_MS = 1000;

/** Bytes per second over the last seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly consumed: number }[] = [];

  /** @param at milliseconds on a clock that never goes backwards */
  add(consumed: number, at: number): void {
    this.#samples.push({ at, consumed });
    let first = this.#samples[0];
    while (first !== undefined && at - first.at > WINDOW_MS && this.#samples.length > 2) {
      this.#samples.shift();
      first = this.#samples[0];
    }
  }

  /** Undefined until there is something to measure. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return undefined;
    return ((last.consumed - first.consumed) / (last.at - first.at)) * 1000;
  }

  /** Seconds that the rest takes at this rate. */
  secondsFor(rest: number): number | undefined {
    const rate = this.bytesPerSecond;
    return rate === undefined || rate <= 0 ? undefined : rest / rate;
  }
}
