const BASE_MS = 200;
const CAP_MS = 20_000;
/** The longest `Retry-After` that is respected. */
export const RETRY_AFTER_CAP_MS = 60_000;

/**
 * Full jitter: uniform between zero and a bound that doubles from 200 ms to 20 s. A `Retry-After` replaces it, at most 60 s,
 * plus up to 5 % so that many clients do not return at once; a `Retry-After` of zero is ignored.
 * @param attempt the attempt that failed, 1-based
 */
export function backoffMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  if (retryAfterMs) return Math.min(RETRY_AFTER_CAP_MS, retryAfterMs) * (1 + 0.05 * random());
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
}

/** `Retry-After` in seconds or as a date; undefined when absent or unreadable. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  // Date.parse accepts "-5" and "1.5" as dates; an HTTP date begins with the name of the day.
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
