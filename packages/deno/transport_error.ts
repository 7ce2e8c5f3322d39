import type { TransportFailure } from "@cosup/core";
import { innermostFailure, isCertificateCode, systemFailure } from "@cosup/core/runtime";

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

// A response that is not HTTP.
const PARSER_CODE = /^HPE_/;

// Errors of fetch differ only in their messages. The first match counts, because the message of a connect error contains
// that of its cause.
const WORDS: readonly (readonly [RegExp, TransportFailure])[] = [
  [/client error \(Connect\)|dns error|tcp connect error|Requests to port \d+ are blocked/i, "connect"],
  [/timed out|timeout|deadline has elapsed/i, "timeout"],
  [/client error \(SendRequest\)|error reading a body from connection/i, "reset"],
  [
    /connection (reset|closed|aborted|error)|broken pipe|unexpected end of file|unexpected eof|incomplete message/i,
    "reset",
  ],
];

/** Which kind of failure a rejection of `send`, or of reading a response's body, is. */
export function transportFailure(error: unknown): TransportFailure {
  return innermostFailure(error, (one) => (one instanceof Error ? failureOf(one) : undefined));
}

/** Whether the server's certificate is not trusted: nothing was sent. */
export function isCertificateFault(error: unknown): boolean {
  return error instanceof Error && "code" in error && isCertificateCode(String(error.code));
}

function failureOf(error: Error): TransportFailure | undefined {
  const { name, message } = error;
  return byCode(error) ?? NAMES[name] ?? WORDS.find(([words]) => words.test(message))?.[1];
}

function byCode(error: Error): TransportFailure | undefined {
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  return PARSER_CODE.test(error.code) ? "reset" : systemFailure(error.code, error);
}
