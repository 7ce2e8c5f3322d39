import { CosError, ServiceError } from "@cosup/workers";

/** The R2 object is not the one that was listed. Moving it again would mix two versions, so it fails for good. */
export class SourceReplaced extends Error {
  override readonly name = "SourceReplaced";
}

/** Whether a later delivery of the same message would fail in the same way. */
export function isFinal(error: unknown): boolean {
  if (error instanceof SourceReplaced) return true;
  if (error instanceof CosError) return !error.retryable;
  return isArgumentError(error) && error.parameter !== "subrequestBudget";
}

/** What a ledger stores of an error. Errors of cosup contain no credentials, signatures or query strings. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether COS knows no such upload (or object). */
export function isNotFound(error: unknown): boolean {
  return error instanceof CosError && error.code === "not-found";
}

/** Whether COS has certainly not done what it was asked for. Without a request id, a proxy may have responded. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error.requestId === undefined) return false;
  return error.status >= 400 && error.status < 500;
}

/** Seconds until the next delivery: 2, 4, 8, …, at most 300. */
export function retryDelay(attempts: number): number {
  return Math.min(300, 2 ** Math.min(attempts, 9));
}

function isArgumentError(error: unknown): error is Error & { parameter: unknown } {
  return (error instanceof TypeError || error instanceof RangeError) && "parameter" in error;
}
