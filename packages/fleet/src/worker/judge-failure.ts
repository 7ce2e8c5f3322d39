import type { FailureReason } from "../ledger/outcome.ts";
import { failureOf, PartsMissingError } from "../transfer/index.ts";

/** What follows a failure. */
export interface Judgement {
  /** Another attempt may succeed. */
  readonly isRetryable: boolean;
  /** COS refused because of too many requests. */
  readonly isThrottled: boolean;
  /** COS no longer knows the multipart upload. */
  readonly isUploadGone: boolean;
  /** Parts that the ledger has and COS has not. */
  readonly missingParts: readonly number[];
  readonly reason: FailureReason;
}

/** Reads an error of an executor. */
export function judgeFailure(error: unknown): Judgement {
  const { permanent, throttled, ...reason } = failureOf(error);
  return {
    isRetryable: !permanent,
    isThrottled: throttled,
    isUploadGone: reason.code === "upload-gone",
    missingParts: error instanceof PartsMissingError ? error.partNumbers : [],
    reason,
  };
}

const LONGEST_PAUSE_MS = 30_000;

/** Milliseconds before the next attempt: twice as long each time, up to 30 s, of which a half is random. */
export function backoffMs(failedAttempts: number): number {
  const longest = Math.min(1_000 * 2 ** (failedAttempts - 1), LONGEST_PAUSE_MS);
  return Math.round(longest * (0.5 + Math.random() / 2));
}

/** An entry that several workers did not survive. */
export function lostReason(losses: number): FailureReason {
  return {
    code: "worker-lost",
    message: `${losses} workers ended while they worked at this object`,
    hint: "look at the memory of the workers and at the source, then use retry",
  };
}
