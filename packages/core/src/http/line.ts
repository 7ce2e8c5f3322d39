import type { RequestQueue } from "./request-queue.ts";
import type { Sending } from "./sending.ts";

/** Bytes that a socket may have accepted and not sent yet: the largest send buffer that Linux chooses by itself. */
const KERNEL_BYTES = 4 * 1024 ** 2;
/** Bytes of a body that tells the rate; smaller ones measure the round trip. */
const MEASURABLE_BYTES = 64 * 1024;
/** Bytes per millisecond below which it is worth the CPU time to write a body in small blocks. */
const SLOW_RATE = 256 * 1.024;
/** Bytes per millisecond that are assumed before the first measurement; the lowest TrafficLimit is 100 KB/s. */
const ASSUMED_RATE = 16 * 1.024;
const SLOWEST_RATE = 1.024;
/** The rate of the next minutes may be half of the measured one. */
const CAUTION = 2;
/** Linux itself ends a connection on which nothing was acknowledged for so long. */
const LONGEST_DRAIN_MS = 15 * 60_000;

/** How a request ended: `sent` when COS has executed it, and so has received all of its body. */
export type Ending = "sent" | "timeout" | "other";

interface Entry {
  readonly sending: Sending;
  readonly sinceMs: number;
  /** Requests that shared the line when it began, itself included. */
  readonly sharers: number;
}

/**
 * The network line to COS, which all requests of a client share: what is being sent on it, and how fast it is. A program
 * cannot see how much the kernel has sent of what it accepted, so the measured rate estimates how long that takes.
 */
export class Line {
  readonly #now: () => number;
  readonly #queue: RequestQueue;
  /** At most 128. An array, because a Set that changes with each request costs more: see abort/abort-listeners.ts. */
  readonly #sending: Entry[] = [];
  /** Bytes per millisecond of all requests together; undefined before the first measurement. */
  #rate: number | undefined;
  #assumedRate = ASSUMED_RATE;
  #narrowedMs = Number.NEGATIVE_INFINITY;
  #endings = 0;
  #streams = 0;

  constructor(now: () => number, queue: RequestQueue) {
    this.#now = now;
    this.#queue = queue;
  }

  /** Whether other requests are under way: one that has no connection then waits for its turn, not for COS. */
  get busy(): boolean {
    return this.#sending.length + this.#streams > 0;
  }

  /** Whether bodies take minutes: the measured rate is low, or the last requests timed out. */
  get slow(): boolean {
    return this.#rate === undefined ? this.#assumedRate < ASSUMED_RATE : this.#rate < SLOW_RATE;
  }

  /** Requests that have ended. */
  get endings(): number {
    return this.#endings;
  }

  begin(sending: Sending): void {
    this.#sending.push({ sending, sinceMs: this.#now(), sharers: this.#sharers() + 1 });
  }

  end(sending: Sending, ending: Ending): void {
    const at = this.#sending.findIndex((each) => each.sending === sending);
    const entry = this.#sending[at];
    if (entry === undefined) return;
    this.#endings += 1;
    if (ending === "sent") this.#measure(sending.length, entry);
    this.#sending.splice(at, 1);
    if (ending === "sent" && sending.length > 0) this.#queue.widen();
    if (ending === "timeout" && sending.length > 0) this.#slowDown(entry);
  }

  /** The caller reads the body of a response, as slowly as it likes; the returned function ends that. */
  stream(): () => void {
    this.#streams += 1;
    return () => {
      this.#streams -= 1;
    };
  }

  /** Milliseconds that `bytes` of a request take, and what the kernel may still hold of the other requests. */
  drainMs(bytes: number, of: Sending): number {
    let others = 0;
    for (const { sending: other } of this.#sending) {
      if (other !== of) others += inKernel(other.accepted() ?? other.length);
    }
    const rate = this.#rate === undefined ? this.#assumedRate : this.#rate / CAUTION;
    return bytes / rate + Math.min(LONGEST_DRAIN_MS, others / rate);
  }

  /** Counts too few of the sharers rather than too many: a rate that is too low only makes deadlines longer. */
  #measure(length: number, entry: Entry): void {
    if (length < MEASURABLE_BYTES) return;
    const sharers = Math.min(entry.sharers, this.#sharers());
    const rate = (length / Math.max(1, this.#now() - entry.sinceMs)) * sharers;
    this.#rate = this.#rate === undefined ? rate : this.#rate + (rate - this.#rate) / 4;
    this.#assumedRate = ASSUMED_RATE;
  }

  /** Once for all requests that time out together. Earlier measurements are discarded. */
  #slowDown(entry: Entry): void {
    if (entry.sinceMs < this.#narrowedMs) return;
    this.#narrowedMs = this.#now();
    this.#rate = undefined;
    this.#assumedRate = Math.max(SLOWEST_RATE, this.#assumedRate / 2);
    this.#queue.narrow();
  }

  #sharers(): number {
    let count = 0;
    for (const { sending } of this.#sending) if (sending.length >= MEASURABLE_BYTES) count += 1;
    return count;
  }
}

/** Of bytes that a socket accepted, those that may not have left the machine. */
export function inKernel(accepted: number): number {
  return Math.min(accepted, KERNEL_BYTES);
}
