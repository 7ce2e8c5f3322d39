import type { TransportFailure } from "@cosup/core";
import { errorCode } from "./error-code.ts";

// Node's codes: https://nodejs.org/api/errors.html#common-system-errors; undici's: its docs/api/Errors.md.
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
  UND_ERR_CONNECT_TIMEOUT: "connect",
  UND_ERR_PRX_TLS: "connect",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  ERR_STREAM_PREMATURE_CLOSE: "reset",
  ETIMEDOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
};

// OpenSSL names a certificate's fault in many codes; all of them mean that no connection came about.
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

// A cause that names itself as its cause must not turn into an endless walk.
const DEEPEST = 8;

/** Which kind of failure a rejection of `send`, or of reading an answer's body, is. */
export function transportFailure(error: unknown): TransportFailure {
  let found: TransportFailure = "unknown";
  let current = error;
  for (let depth = 0; depth < DEEPEST && typeof current === "object" && current !== null; depth++) {
    const failure = failureOf(current);
    // The innermost word is the most exact: UND_ERR_SOCKET may wrap the ETIMEDOUT that says why.
    found = failure ?? found;
    current = innerError(current);
  }
  return found;
}

function failureOf(error: object): TransportFailure | undefined {
  const code = errorCode(error);
  if (code === undefined) {
    return "name" in error && error.name === "TimeoutError" ? "timeout" : undefined;
  }
  if (code === "ETIMEDOUT" && "syscall" in error && error.syscall === "connect") {
    return "connect";
  }
  return CODES[code] ?? (TLS_CODE.test(code) ? "connect" : undefined);
}

/** The cause, or the first of the addresses tried when connecting to several (happy eyeballs). */
function innerError(error: object): unknown {
  if ("cause" in error && error.cause !== undefined) {
    return error.cause;
  }
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
