import { CosError, SourceError, type SourceErrorCode, TransportError } from "@cosup/core";

/** Causes that are sent: an error may be its own cause. */
const DEEPEST = 8;

/** What is left of an error in a message: structured cloning keeps neither the code nor our classes. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
  readonly hint?: string | undefined;
  /** Of our own errors. */
  readonly retryable?: boolean;
  readonly failure?: TransportError["failure"] | undefined;
  readonly cause?: SentError | undefined;
  /** The first of an AggregateError's. */
  readonly first?: SentError | undefined;
}

/** An error as a message. */
export function sentError(error: unknown, depth = 0): SentError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const inner = (one: unknown): SentError | undefined =>
    one === undefined || depth >= DEEPEST ? undefined : sentError(one, depth + 1);
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return {
    name: error.name,
    message: error.message,
    code: code === undefined ? undefined : String(code),
    syscall: syscall === undefined ? undefined : String(syscall),
    cause: inner(error.cause),
    first: error instanceof AggregateError ? inner(error.errors[0]) : undefined,
    ...(error instanceof CosError ? { retryable: error.retryable, hint: error.hint } : undefined),
    ...(error instanceof TransportError ? { failure: error.failure } : undefined),
  };
}

/** The error that a message stands for. */
export function receivedError(sent: SentError): Error {
  const cause = sent.cause === undefined ? undefined : receivedError(sent.cause);
  if (sent.retryable !== undefined) return ofOurs(sent, sent.retryable, cause);
  const options = cause === undefined ? undefined : { cause };
  const error =
    sent.first === undefined
      ? new Error(sent.message, options)
      : new AggregateError([receivedError(sent.first)], sent.message, options);
  error.name = sent.name;
  const { code, syscall } = sent;
  return Object.assign(error, code === undefined ? {} : { code }, syscall === undefined ? {} : { syscall });
}

function ofOurs(
  { name, message, code, failure, hint }: SentError,
  retryable: boolean,
  cause?: Error,
): CosError {
  if (name === "SourceError") return new SourceError(message, code as SourceErrorCode, cause, hint);
  if (failure === undefined)
    return new CosError(message, { code: code as CosError["code"], retryable, cause, hint });
  const error = new TransportError(message, failure, cause, retryable);
  error.hint = hint;
  return error;
}
