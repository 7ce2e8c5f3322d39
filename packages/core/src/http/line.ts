import type { RequestQueue } from "./request-queue.ts";

/** What a socket may have accepted and not sent yet: the largest send buffer that Linux gives by itself. */
const KERNEL_BYTES = 4 * 1024 ** 2;
/** Smaller bodies measure the round trip, not the line. */
const MEASURABLE_BYTES = 64 * 1024;
/** On slower lines it is worth the processor's time to write a body in small pieces. */
const SLOW_RATE = 256 * 1.024;
/** Assumed of a line that nothing was measured of, in bytes per millisecond; the lowest TrafficLimit is 100 KB/s. */
const ASSUMED_RATE = 16 * 1.024;
const SLOWEST_RATE = 1.024;
/** The rate of the next minutes may be half of the measured one. */
const CAUTION = 2;
/** Linux itself gives a connection up when nothing was acknowledged for so long. */
const LONGEST_DRAIN_MS = 15 * 60_000;

/** A request whose bytes are on their way. */
export interface Sending {
  /** Bytes of its body. */
  readonly length: number;
  /** Bytes of its body that the socket has accepted; undefined when the runtime does not tell. */
  accepted(): number | undefined;
}

/** How a request ended: `sent` when COS has carried it out and so has all of its body. */
export type Ending = "sent" | "timeout" | "other";

interface Entry {
  readonly sending: Sending;
  readonly sinceMs: number;
  /** Requests that shared the line when it began, itself included. */
  readonly sharers: number;
}

/**
 * The way to COS, which all requests of a client share: what is under way on it, and how fast it is. Nobody sees what
 * the kernel has sent of what it accepted, so the measured rate says how long that may take.
 */
export class Line {
  readonly #now: () => number;
  readonly #queue: RequestQueue;
  /** An array, as every other list that changes with each request: see `listen`. There are at most 128. */
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

  /** Whether a request waits for its turn rather than for COS: others are being carried out. */
  get busy(): boolean {
    return this.#sending.length + this.#streams > 0;
  }

  /** Whether bodies take minutes: little was measured, or the last requests timed out. */
  get slow(): boolean {
    return this.#rate === undefined ? this.#assumedRate < ASSUMED_RATE : this.#rate < SLOW_RATE;
  }

  /** Grows with every request that ends. */
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

  /** The body of a response is read by the caller, who may take his time. */
  stream(): () => void {
    this.#streams += 1;
    return () => {
      this.#streams -= 1;
    };
  }

  /** Milliseconds that `bytes` of a request take, with what the kernel may still hold of the others. */
  drainMs(bytes: number, of: Sending): number {
    let others = 0;
    for (const { sending: other } of this.#sending) {
      if (other !== of) others += inKernel(other.accepted() ?? other.length);
    }
    const rate = this.#rate === undefined ? this.#assumedRate : this.#rate / CAUTION;
    return bytes / rate + Math.min(LONGEST_DRAIN_MS, others / rate);
  }

  /** A rate that counts too few of the sharers is too low, which only makes deadlines longer. */
  #measure(length: number, entry: Entry): void {
    if (length < MEASURABLE_BYTES) return;
    const sharers = Math.min(entry.sharers, this.#sharers());
    const rate = (length / Math.max(1, this.#now() - entry.sinceMs)) * sharers;
    this.#rate = this.#rate === undefined ? rate : this.#rate + (rate - this.#rate) / 4;
    this.#assumedRate = ASSUMED_RATE;
  }

  /** Once for all requests that time out together. What was measured before holds no longer. */
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
