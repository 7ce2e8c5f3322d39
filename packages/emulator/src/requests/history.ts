import { checkNames, OptionRangeError, OptionTypeError } from "../options/option-errors.ts";
import { News } from "./news.ts";
import type { RequestEntry } from "./request-entry.ts";

/** Which requests are meant: those with all given properties, or those that a function accepts. */
export type RequestMatch =
  | Partial<Pick<RequestEntry, "method" | "operation" | "bucket" | "key" | "partNumber" | "status" | "code">>
  | ((entry: RequestEntry) => boolean);

export interface WaitOptions {
  /** Rejects after so many milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Rejects with the signal's reason when it aborts. */
  readonly signal?: AbortSignal;
}

/** The entries that are kept: the last ones. */
const KEPT = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;
/** A timer cannot be longer. */
const LONGEST_MS = 2 ** 31 - 1;
const ACCEPTED_TIME = `accepted: milliseconds from 0 to ${LONGEST_MS}`;
const PROPERTIES = ["method", "operation", "bucket", "key", "partNumber", "status", "code"];

interface Waiter {
  accepts(entry: RequestEntry): boolean;
  resolve(entry: RequestEntry): void;
  reject(reason: unknown): void;
}

/** The requests of one emulator, the oldest first, and those who wait for one. */
export class RequestHistory {
  #entries: RequestEntry[] = [];
  /** How many there ever were. */
  #count = 0;
  /** For those who follow: there is another entry, or a request under way has changed. */
  readonly news = new News();
  readonly #waiters = new Set<Waiter>();

  add(entry: RequestEntry): void {
    this.#entries.push(entry);
    this.#count += 1;
    this.news.tell();
    // Twice as many at most, so that not each entry moves all others.
    if (this.#entries.length >= 2 * KEPT) this.#entries = this.#entries.slice(-KEPT);
    for (const waiter of [...this.#waiters]) {
      try {
        if (waiter.accepts(entry)) waiter.resolve(entry);
      } catch (error) {
        // The function of a test failed, not the request.
        waiter.reject(error);
      }
    }
  }

  /** The last 10,000. */
  all(): readonly RequestEntry[] {
    return this.#entries.slice(-KEPT);
  }

  /**
   * The newest entries of those after the first `count` that there ever were, and how many there are in all by now.
   * @param limit how many entries at most
   */
  after(count: number, limit: number): { readonly entries: readonly RequestEntry[]; readonly count: number } {
    const fresh = Math.min(Math.max(this.#count - count, 0), this.#entries.length, limit);
    return { entries: this.#entries.slice(this.#entries.length - fresh), count: this.#count };
  }

  clear(): void {
    this.#entries = [];
    this.news.tell();
  }

  /** Rejects all who wait. */
  close(): void {
    for (const waiter of [...this.#waiters]) waiter.reject(new Error("the emulator was closed"));
  }

  /** Resolves with the next request that matches. */
  async waitFor(match: RequestMatch, options: WaitOptions = {}): Promise<RequestEntry> {
    const accepts = matcherOf(match);
    checkNames("", options, ["timeoutMs", "signal"]);
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
      throw new OptionTypeError("signal", "accepted: an AbortSignal");
    }
    if (typeof timeoutMs !== "number") throw new OptionTypeError("timeoutMs", ACCEPTED_TIME);
    if (!(timeoutMs >= 0 && timeoutMs <= LONGEST_MS)) throw new OptionRangeError("timeoutMs", ACCEPTED_TIME);
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        signal?.removeEventListener("abort", aborted);
      };
      const waiter: Waiter = {
        accepts,
        resolve: (entry) => {
          end();
          resolve(entry);
        },
        reject: (reason) => {
          end();
          reject(reason);
        },
      };
      const aborted = (): void => waiter.reject(signal?.reason);
      const timer = setTimeout(() => {
        waiter.reject(new Error(`no request within ${timeoutMs} ms was ${described(match)}`));
      }, timeoutMs);
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", aborted);
    });
  }
}

function matcherOf(match: RequestMatch): (entry: RequestEntry) => boolean {
  if (typeof match === "function") return match;
  if (typeof match !== "object" || match === null) {
    throw new OptionTypeError("match", `accepted: a function, or an object with ${PROPERTIES.join(", ")}`);
  }
  const wanted = Object.entries(match).filter(([, value]) => value !== undefined);
  checkNames("match", Object.fromEntries(wanted), PROPERTIES);
  return (entry) => wanted.every(([name, value]) => entry[name as keyof RequestEntry] === value);
}

function described(match: RequestMatch): string {
  return typeof match === "function" ? "one that the function accepts" : JSON.stringify(match);
}
