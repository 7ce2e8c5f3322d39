import type { Runtime } from "@cosup/core/runtime";

type Failure = ReturnType<Runtime["transportError"]>;

/**
 * Classifies a rejection of fetch. workerd has no error codes, and one message ("Network connection lost.")
 * for a refused, a reset and a closed connection alike; a failed DNS lookup or TLS handshake is an "internal error".
 */
export function transportFailure(cause: unknown): Failure {
  if (!(cause instanceof Error)) return "unknown";
  if (cause.name === "TimeoutError" || /timed? ?out/i.test(cause.message)) return "timeout";
  return /connection (lost|reset|closed)|disconnected|premature/i.test(cause.message) ? "reset" : "unknown";
}
