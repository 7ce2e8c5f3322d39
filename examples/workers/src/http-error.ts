import { CosError, type CosErrorCode, ServiceError } from "@cosup/workers";

/** An error response. The code that throws it decides status, code and message. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// Faults of the request are 4xx; faults of COS or of the connection to COS are 5xx.
const STATUS: Partial<Record<CosErrorCode, number>> = {
  "source-length": 400,
  "source-unreadable": 400,
  "source-changed": 409,
  "subrequests-exhausted": 413,
  "checkpoint-locked": 409,
  conflict: 409,
  "precondition-failed": 412,
  throttled: 503,
  "service-unavailable": 503,
  timeout: 504,
};

/** Limits of this Worker. An error about one of them means that the body is too large. */
const LIMITS: readonly unknown[] = ["subrequestBudget", "memoryBudget"];

/** Maps any error to a response. */
export function errorResponse(error: unknown): Response {
  if (error instanceof HttpError) return jsonError(error.status, error.code, error.message);
  if (error instanceof CosError) {
    const requestId = error instanceof ServiceError ? error.requestId : undefined;
    return jsonError(STATUS[error.code] ?? 502, error.code, error.message, requestId);
  }
  if ((error instanceof TypeError || error instanceof RangeError) && "parameter" in error) {
    const tooLarge = LIMITS.includes(error.parameter);
    return jsonError(tooLarge ? 413 : 400, tooLarge ? "too-large" : "invalid-argument", error.message);
  }
  console.error(error);
  return jsonError(500, "internal", "an unexpected error; see the Worker's log");
}

function jsonError(status: number, code: string, message: string, requestId?: string): Response {
  const headers: HeadersInit = status === 503 ? { "retry-after": "5" } : {};
  return Response.json({ error: { code, message, requestId } }, { status, headers });
}
