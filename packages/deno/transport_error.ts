import type { TransportFailure } from "@cosup/core";

// Deno's error classes: https://docs.deno.com/api/deno/~/Deno.errors
const NAMES: Readonly<Record<string, TransportFailure>> = {
  ConnectionRefused: "connect",
  AddrNotAvailable: "connect",
  HostUnreachable: "connect",
  NetworkUnreachable: "connect",
  NotConnected: "connect",
  NotCapable: "connect",
  ConnectionReset: "reset",
  ConnectionAborted: "reset",
  BrokenPipe: "reset",
  UnexpectedEof: "reset",
  Interrupted: "reset",
  Http: "reset",
  TimedOut: "timeout",
  TimeoutError: "timeout",
};

// What `node:http` rejects with: https://nodejs.org/api/errors.html#common-system-errors
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

// A certificate's fault has many codes; all of them mean that no connection came about.
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;
// An answer that is not HTTP.
const PARSER_CODE = /^HPE_/;

// fetch tells its failures apart by their words alone. The first that fits counts: a connect error mentions its cause,
// and a certificate's fault is part of one.
const WORDS: readonly (readonly [RegExp, TransportFailure])[] = [
  [/client error \(Connect\)|dns error|tcp connect error|Requests to port \d+ are blocked/i, "connect"],
  [/timed out|timeout|deadline has elapsed/i, "timeout"],
  [/client error \(SendRequest\)|error reading a body from connection/i, "reset"],
  [
    /connection (reset|closed|aborted|error)|broken pipe|unexpected end of file|unexpected eof|incomplete message/i,
    "reset",
  ],
];

// A cause that names itself as its cause must not turn into an endless walk.
const DEEPEST = 8;

/** Which kind of failure a rejection of `send`, or of reading an answer's body, is. */
export function transportFailure(error: unknown): TransportFailure {
  let found: TransportFailure = "unknown";
  let current = error;
  for (let depth = 0; depth < DEEPEST && current instanceof Error; depth++) {
    // The innermost word is the most exact.
    found = failureOf(current) ?? found;
    current = innerError(current);
  }
  return found;
}

/** Whether the other side's certificate is not trusted: nothing was sent. */
export function isCertificateFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && TLS_CODE.test(String(error.code));
}

function failureOf(error: Error): TransportFailure | undefined {
  const { name, message } = error;
  return byCode(error) ?? NAMES[name] ?? WORDS.find(([words]) => words.test(message))?.[1];
}

function byCode(error: Error): TransportFailure | undefined {
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  const { code } = error;
  if (code === "ETIMEDOUT" && "syscall" in error && error.syscall === "connect") return "connect";
  if (PARSER_CODE.test(code)) return "reset";
  return CODES[code] ?? (TLS_CODE.test(code) ? "connect" : undefined);
}

/** The cause, or the first of the addresses tried when connecting to several (happy eyeballs). */
function innerError(error: Error): unknown {
  return error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
}
