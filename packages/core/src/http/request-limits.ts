import type { RequestLimits } from "../params/call-options.ts";

/** {@link RequestLimits} with their defaults. */
export interface Limits {
  /** Attempts of one request, the first included. */
  readonly maxAttempts: number;
  /** Longest time without progress, in milliseconds. */
  readonly responseTimeoutMs: number;
  /** Longest time of a whole call, in milliseconds; undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

export const DEFAULT_LIMITS: Limits = {
  /** With full jitter up to 20 s, the last comes about a minute after the first. */
  maxAttempts: 8,
  /** COS responds well within it. */
  responseTimeoutMs: 60_000,
  timeoutMs: undefined,
};

/** Whether a call has limits of its own. */
export function hasLimits({ maxAttempts, responseTimeoutMs, timeoutMs }: RequestLimits): boolean {
  return maxAttempts !== undefined || responseTimeoutMs !== undefined || timeoutMs !== undefined;
}

/** The limits that are given, and `otherwise` for the rest. A string of digits is accepted too. */
export function requestLimits(given: RequestLimits, otherwise: Limits): Limits {
  const timeoutMs = given.timeoutMs ?? otherwise.timeoutMs;
  return {
    maxAttempts: Number(given.maxAttempts ?? otherwise.maxAttempts),
    responseTimeoutMs: Number(given.responseTimeoutMs ?? otherwise.responseTimeoutMs),
    timeoutMs: timeoutMs === undefined ? undefined : Number(timeoutMs),
  };
}
