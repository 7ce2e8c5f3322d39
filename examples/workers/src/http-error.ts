import { CosError, type CosErrorCode, ServiceError } from "@cosup/workers";

/** An answer other than success, decided where it is thrown. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// Whose fault it is decides: the caller's bytes are a 4xx, COS or the way to it a 5xx.
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

/** Parameters that the caller cannot set: too small a one means that the body is too large. */
const LIMITS: readonly unknown[] = ["subrequestBudget", "memoryBudget"];

/** What any failure looks like from outside. */
export function answerOf(error: unknown): Response {
  if (error instanceof HttpError) return answer(error.status, error.code, error.message);
  if (error instanceof CosError) {
    const requestId = error instanceof ServiceError ? error.requestId : undefined;
    return answer(STATUS[error.code] ?? 502, error.code, error.message, requestId);
  }
  if ((error instanceof TypeError || error instanceof RangeError) && "parameter" in error) {
    const tooLarge = LIMITS.includes(error.parameter);
    return answer(tooLarge ? 413 : 400, tooLarge ? "too-large" : "invalid-argument", error.message);
  }
  console.error(error);
  return answer(500, "internal", "an unexpected error; see the Worker's log");
}

function answer(status: number, code: string, message: string, requestId?: string): Response {
  const headers: HeadersInit = status === 503 ? { "retry-after": "5" } : {};
  return Response.json({ error: { code, message, requestId } }, { status, headers });
}
