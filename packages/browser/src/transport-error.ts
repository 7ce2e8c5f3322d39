import type { TransportFailure } from "@cosup/core/upload";

/**
 * Classifies a rejection of fetch or XMLHttpRequest. A browser hides the reason from the page: a refused, a reset and a
 * closed connection, a failed DNS lookup and a missing CORS rule are one TypeError, whose text differs between browsers.
 */
export function transportFailure(cause: unknown): TransportFailure {
  return cause instanceof Error && cause.name === "TimeoutError" ? "timeout" : "unknown";
}
