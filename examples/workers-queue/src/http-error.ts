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

/** Maps any error to a response. */
export function errorResponse(error: unknown): Response {
  if (error instanceof HttpError) return jsonError(error.status, error.code, error.message);
  if ((error instanceof TypeError || error instanceof RangeError) && "parameter" in error) {
    return jsonError(400, "invalid-argument", error.message);
  }
  console.error(error);
  return jsonError(500, "internal", "an unexpected error; see the Worker's log");
}

function jsonError(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}
