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
    current = current.cause;
  }
  return found;
}

function failureOf({ name, message }: Error): TransportFailure | undefined {
  return NAMES[name] ?? WORDS.find(([words]) => words.test(message))?.[1];
}
