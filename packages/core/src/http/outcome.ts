import { CosError, ServiceError, TransportError } from "../errors.ts";

/**
 * What COS did about a request that failed:
 * - `not-sent`: no byte of it reached COS;
 * - `refused`: COS received it and did not act on it;
 * - `unknown`: COS may have acted on it, now or later.
 */
export type Outcome = "not-sent" | "refused" | "unknown";

/**
 * The one table of outcomes. An error that is no CosError was thrown by our own code before the request was sent, or is
 * the reason of an abort, which callers look for first. An operation adds only what is its own: `NoSuchUpload`, `UploadConflict`,
 * `AppendPositionErr` and `FileAlreadyExists` depend on what was sent before.
 */
export function outcomeOf(failure: unknown): Outcome {
  if (failure instanceof TransportError) return failure.failure === "connect" ? "not-sent" : "unknown";
  if (!(failure instanceof ServiceError)) return failure instanceof CosError ? "unknown" : "not-sent";
  // A proxy that asks for its own credentials has not passed the request on.
  if (failure.status === 407) return "not-sent";
  // Only COS's own word counts. A proxy that lost COS's response can say anything: 502, 503, 403, even 200.
  if (failure.requestId === undefined) return "unknown";
  if (failure.status >= 300 && failure.status < 500) return "refused";
  // SlowDown is said before a request is carried out. Any other 503 may come from a request that was begun.
  if (failure.code === "throttled" || failure.status === 501) return "refused";
  return "unknown";
}

/** Whether a failed request can be sent again without asking first what became of it. */
export function canSendAgain(failure: CosError, idempotent: boolean): boolean {
  return idempotent || outcomeOf(failure) !== "unknown";
}
