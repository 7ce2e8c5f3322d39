import { wholeNumber } from "./checks.ts";

/** How the requests of one call, or of all calls of a client, are sent. A call's own options replace the client's. */
export interface RequestLimits {
  /** Attempts of each request, the first included, 1 to 100; default 8, which takes about a minute. */
  readonly maxAttempts?: number | undefined;
  /**
   * Milliseconds without progress after which an attempt fails (`timeout`): no byte of the body was accepted, no response
   * came, or no more of a response; default 60 000. As long as bytes move, an attempt may take any time. Requests for which
   * COS works longer keep their own limit when it is longer: Complete 15 minutes, copies 10.
   */
  readonly responseTimeoutMs?: number | undefined;
  /**
   * Milliseconds for the whole call, with all its requests, retries and waits. After that it rejects with a
   * `TransportError` (`timeout`), as if its signal had aborted; an upload with a checkpoint can be resumed. Default: no
   * limit. A body that the call returned may be read longer. Iterators (`eachPart` and the like) have no such limit:
   * their reader decides how long they take.
   */
  readonly timeoutMs?: number | undefined;
}

/** What every call takes that sends requests. */
export interface CallOptions extends RequestLimits {
  /** Stops the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a timer can wait for: 24.8 days. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

const milliseconds = wholeNumber(1, LONGEST_TIMER_MS, "milliseconds");

/** The rows of {@link RequestLimits}. */
export const REQUEST_LIMITS = {
  maxAttempts: { check: wholeNumber(1, 100) },
  responseTimeoutMs: { check: milliseconds },
  timeoutMs: { check: milliseconds },
} as const;
