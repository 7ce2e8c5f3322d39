import { CosError, ServiceError } from "@cosup/node";
import type { FailureReason } from "../ledger/outcome.ts";

/** What follows a failure. */
export interface Judgement {
  /** Another attempt may succeed. */
  readonly isRetryable: boolean;
  /** COS refused because of too many requests. */
  readonly isThrottled: boolean;
  /** COS no longer knows the multipart upload. */
  readonly isUploadGone: boolean;
  readonly reason: FailureReason;
}

/** Reads an error of an executor. What is not a CosError may be anything, so it is tried again. */
export function judgeFailure(error: unknown): Judgement {
  const isOurs = error instanceof CosError;
  return {
    isRetryable: isOurs ? error.retryable : true,
    isThrottled: isOurs && error.code === "throttled",
    isUploadGone: error instanceof ServiceError && error.cosCode === "NoSuchUpload",
    reason: {
      code: isOurs ? error.code : "failed",
      message: error instanceof Error ? error.message : String(error),
      ...(isOurs && error.hint !== undefined && { hint: error.hint }),
    },
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
