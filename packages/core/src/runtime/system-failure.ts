import type { TransportFailure } from "../errors.ts";

// Codes of system errors, the same in Node and Deno: https://nodejs.org/api/errors.html#common-system-errors
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

/** Whether a code is one of OpenSSL's many for certificates and handshakes, which all mean that nothing was sent. */
export function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODE.test(code);
}

/** The kind of failure that an error with this system code is; undefined: the code is not known. */
export function systemFailure(code: string, error: object): TransportFailure | undefined {
  if (code === "ETIMEDOUT" && "syscall" in error && error.syscall === "connect") return "connect";
  return CODES[code] ?? (isCertificateCode(code) ? "connect" : undefined);
}

/** Causes that are followed: an error may be its own cause. */
const DEEPEST = 8;

/**
 * The kind of failure that an error and its causes are. The innermost cause that `judge` knows decides, because it is the
 * most exact one.
 * @param judge returns the kind of a single error, undefined when it does not know it
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
