import { isCosError } from "@cosup/node";

/** What the client of a failed upload gets. */
export interface Failure {
  readonly status: 400 | 413 | 500 | 502 | 503;
  readonly body: { readonly code: string; readonly message: string };
}

/** The error of a body that is larger than the server accepts. */
export class TooLarge extends Error {}

/** Chooses the status: 4xx when the request is wrong, 5xx when COS or the way to it is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TooLarge) return failure(413, "too-large", error.message);
  if (isCosError(error)) {
    // The client's body ended early or was cut off.
    if (error.code.startsWith("source-")) return failure(400, error.code, error.message);
    return failure(error.retryable ? 503 : 502, error.code, "the storage refused the upload");
  }
  // Something else, for example a form that ends early: the server's own log has the details.
  console.error(error);
  return failure(500, "internal", "the upload failed");
}

function failure(status: Failure["status"], code: string, message: string): Failure {
  return { status, body: { code, message } };
}
