import type { TransportFailure } from "../errors.ts";

// Codes of the system's errors, as Node and Deno both give them: https://nodejs.org/api/errors.html#common-system-errors
const CODES: Readonly<Record<string, TransportFailure>> = {
  ECONNREFUSED: "connect",
  ENOTFOUND: "connect",
  EAI_AGAIN: "connect",
  EAI_FAIL: "connect",
  EAI_NODATA: "connect",
  EHOSTUNREACH: "connect",
  EHOSTDOWN: "connect",
  ENETUNREACH: "connect",
  ENETDOWN: "connect",
  EADDRNOTAVAIL: "connect",
  // No descriptor for a socket: nothing was sent.
  EMFILE: "connect",
  ENFILE: "connect",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  ERR_STREAM_PREMATURE_CLOSE: "reset",
  ETIMEDOUT: "timeout",
};

const CERTIFICATE_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Whether a code is one of the many that OpenSSL has for a certificate; all of them mean that nothing was sent. */
export function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODE.test(code);
}

/** Which kind of failure an error with a code of the system's is; undefined: none that is known. */
export function systemFailure(code: string, error: object): TransportFailure | undefined {
  if (code === "ETIMEDOUT" && "syscall" in error && error.syscall === "connect") return "connect";
  return CODES[code] ?? (isCertificateCode(code) ? "connect" : undefined);
}

/** A cause that names itself as its cause must not turn into an endless walk. */
const DEEPEST = 8;

/**
 * Which kind of failure an error and its causes are: the innermost that `judge` knows is the most exact.
 * @param judge what one of them by itself is
 */
export function innermostFailure(
  error: unknown,
  judge: (error: object) => TransportFailure | undefined,
): TransportFailure {
  let found: TransportFailure = "unknown";
  let current = error;
  for (let depth = 0; depth < DEEPEST && typeof current === "object" && current !== null; depth += 1) {
    found = judge(current) ?? found;
    current = innerError(current);
  }
  return found;
}

/** The cause, or the first of the addresses tried when connecting to several (happy eyeballs). */
function innerError(error: object): unknown {
  if ("cause" in error && error.cause !== undefined) return error.cause;
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
