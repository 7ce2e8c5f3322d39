import type { BodyFollower, Sending } from "../http/sending.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ProgressCallback } from "./options.ts";
import { SendRate } from "./send-rate.ts";

/** Time between two looks at what is in flight. */
export const LOOK_MS = 100;

/**
 * Counts each acknowledged byte once, so that progress never decreases and ends exactly at the total; and looks ten times
 * a second at the bodies that are being sent. Without a callback it does neither.
 */
export class Progress implements BodyFollower {
  readonly #callback: ProgressCallback | undefined;
  readonly #clock: Clock;
  readonly #rate: SendRate;
  #total: number | undefined;
  #consumed = 0;
  #resumed = 0;
  /** Bytes that COS has received from this call, and that are not acknowledged: their checkpoint is not written. */
  #received = 0;
  readonly #sending: Sending[] = [];
  #stopLooking: (() => void) | undefined;
  #reported = "";
  /** What the callback threw while no call was waiting for it. */
  #failure: { readonly error: unknown } | undefined;

  constructor(callback: ProgressCallback | undefined, total: number | undefined, clock: Clock) {
    this.#callback = callback;
    this.#total = total;
    this.#clock = clock;
    this.#rate = new SendRate(clock);
  }

  /** Itself when somebody listens: following costs nothing otherwise. */
  get follower(): BodyFollower | undefined {
    return this.#callback === undefined ? undefined : this;
  }

  get consumed(): number {
    return this.#consumed;
  }

  /** COS has received bytes of this call; {@link add} follows when they are acknowledged. */
  received(bytes: number): void {
    this.#received += bytes;
  }

  /**
   * Adds bytes that COS has acknowledged. The last ones are reported by {@link finish}, when the object is verified.
   * @param sent those of them that this call has sent; the others were resumed
   */
  add(bytes: number, sent: number): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#consumed += bytes;
    this.#resumed += bytes - sent;
    this.#received -= sent;
    if (bytes > 0 && this.#consumed !== this.#total) this.#report();
  }

  /** The object is stored and verified: now the total is reported. */
  finish(): void {
    this.stop();
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#total = this.#consumed;
    this.#report();
  }

  /** The call has ended. */
  stop(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#sending.length = 0;
  }

  begin(sending: Sending): void {
    if (this.#sending.length === 0) this.#rate.measure(this.#sent(this.#inFlight()));
    this.#sending.push(sending);
    this.#stopLooking ??= this.#clock.timer(LOOK_MS, this.#look);
  }

  end(sending: Sending): void {
    const at = this.#sending.indexOf(sending);
    if (at >= 0) this.#sending.splice(at, 1);
  }

  readonly #look = (): void => {
    this.#stopLooking = undefined;
    // Nobody awaits this: what the callback throws fails the upload at its next step.
    try {
      if (this.#consumed !== this.#total) this.#report(true);
    } catch (error) {
      this.#failure ??= { error };
    }
    if (this.#sending.length > 0) this.#stopLooking = this.#clock.timer(LOOK_MS, this.#look);
  };

  #inFlight(): number {
    let bytes = this.#received;
    for (const sending of this.#sending) bytes += sending.accepted() ?? sending.length;
    return bytes;
  }

  #sent(inFlight: number): number {
    return this.#consumed - this.#resumed + inFlight;
  }

  #report(unlessKnown = false): void {
    if (this.#callback === undefined) return;
    const inFlight = this.#inFlight();
    const bytesPerSecond = this.#rate.measure(this.#sent(inFlight));
    const known = `${this.#consumed} ${inFlight} ${bytesPerSecond}`;
    if (unlessKnown && known === this.#reported) return;
    this.#reported = known;
    const details = { acknowledged: this.#consumed, resumed: this.#resumed, inFlight, bytesPerSecond };
    this.#callback(this.#consumed, this.#total, details);
  }
}
