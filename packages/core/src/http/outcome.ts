import { CosError, IntegrityError, ServiceError, TransportError } from "../errors.ts";

/**
 * What COS did about a request that failed:
 * - `not-sent`: no byte of it reached COS;
 * - `refused`: COS received it and did not act on it;
 * - `unknown`: COS may have acted on it, now or later.
 */
export type Outcome = "not-sent" | "refused" | "unknown";

/**
 * The one table of outcomes. An error that is not a CosError was thrown by our own code before the request was sent, or
 * is the reason of an abort, which callers check first. An operation adds only what depends on its earlier requests:
 * `NoSuchUpload`, `UploadConflict`, `AppendPositionErr` and `FileAlreadyExists`.
 */
export function outcomeOf(failure: unknown): Outcome {
  if (failure instanceof TransportError) return failure.failure === "connect" ? "not-sent" : "unknown";
  // COS refused bytes that changed on the way to it.
  if (failure instanceof IntegrityError && failure.cause instanceof ServiceError)
    return outcomeOf(failure.cause);
  if (!(failure instanceof ServiceError)) return failure instanceof CosError ? "unknown" : "not-sent";
  // A proxy that asks for its own credentials has not passed the request on.
  if (failure.status === 407) return "not-sent";
  // Only a response of COS counts. A proxy that lost COS's response can send anything: 502, 503, 403, even 200.
  if (failure.requestId === undefined) return "unknown";
  if (failure.status >= 300 && failure.status < 500) return "refused";
  // COS sends SlowDown before it executes a request. Any other 503 may come after it has begun to.
  if (failure.code === "throttled" || failure.status === 501) return "refused";
  return "unknown";
}

/** Whether a failed request can be sent again without first finding out what COS did about it. */
export function canSendAgain(failure: CosError, idempotent: boolean): boolean {
  return idempotent || outcomeOf(failure) !== "unknown";
}
