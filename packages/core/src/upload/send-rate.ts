import type { Clock } from "../runtime/clock.ts";

/** Long enough for a steady value, short enough to follow a line that changes. */
const WINDOW_MS = 5_000;
/** What is measured over less is mostly what the buffers of the sockets took at once. */
const LEAST_MS = 1_000;
/** Least time between two samples. */
const SAMPLE_MS = 100;

/** Bytes per second over the last five seconds. */
export class SendRate {
  readonly #clock: Pick<Clock, "now">;
  #samples: { readonly atMs: number; readonly sent: number }[] = [];

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /**
   * @param sent bytes that were sent since the beginning; fewer than before when a request failed
   * @returns undefined in the first second
   */
  measure(sent: number): number | undefined {
    const atMs = this.#clock.now();
    const latest = this.#samples.at(-1);
    // The clock was set back: what was measured before says nothing.
    if (latest !== undefined && atMs < latest.atMs) this.#samples = [];
    if (this.#samples.length === 0 || atMs - (this.#samples.at(-1)?.atMs ?? 0) >= SAMPLE_MS) {
      this.#samples.push({ atMs, sent });
    }
    while (this.#samples.length > 2 && atMs - (this.#samples[1]?.atMs ?? atMs) >= WINDOW_MS)
      this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || atMs - first.atMs < LEAST_MS) return undefined;
    return Math.max(0, Math.round(((sent - first.sent) / (atMs - first.atMs)) * 1000));
  }
}
