/** Every stable `code` a {@link CosError} can carry. New codes may be added; none changes its meaning. */
export type CosErrorCode =
  | "access-denied"
  | "credentials-expired"
  | "clock-skewed"
  | "not-found"
  | "conflict"
  | "precondition-failed"
  | "invalid-request"
  | "throttled"
  | "service-unavailable"
  | "unexpected-answer"
  | "connect-failed"
  | "connection-reset"
  | "timeout"
  | "transport-failed"
  | "integrity"
  | "source-changed"
  | "source-unreadable"
  | "source-length"
  | "checkpoint-locked"
  | "checkpoint-unusable"
  | "outcome-unknown"
  | "subrequests-exhausted";

export interface CosErrorOptions {
  readonly code: CosErrorCode;
  /** Whether the same call, made again later, may succeed. Decided once, where the error is made. */
  readonly retryable: boolean;
  readonly cause?: unknown;
  /** How to go on, in one sentence. */
  readonly hint?: string | undefined;
}

/** Base of everything that can go wrong after the arguments were accepted. */
export class CosError extends Error {
  override readonly name: string = "CosError";
  readonly code: CosErrorCode;
  readonly retryable: boolean;
  /** How to go on, in one sentence; set by calls that can be resumed. */
  hint: string | undefined;

  constructor(message: string, options: CosErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
    this.hint = options.hint;
  }
}

/** COS answered, and refused. `cosCode` is COS's own word (`NoSuchUpload`, `SlowDown`, …). */
export class ServiceError extends CosError {
  override readonly name = "ServiceError";
  readonly status: number;
  readonly cosCode: string;
  readonly requestId: string | undefined;
  readonly resource: string | undefined;

  constructor(
    message: string,
    options: CosErrorOptions & {
      readonly status: number;
      readonly cosCode: string;
      readonly requestId?: string | undefined;
      readonly resource?: string | undefined;
    },
  ) {
    super(message, options);
    this.status = options.status;
    this.cosCode = options.cosCode;
    this.requestId = options.requestId;
    this.resource = options.resource;
  }
}

/** How an exchange broke before an answer was whole. */
export type TransportFailure = "connect" | "reset" | "timeout" | "unknown";

/** No answer, or not a whole one. */
export class TransportError extends CosError {
  override readonly name = "TransportError";
  readonly failure: TransportFailure;
  /** Attempts made, the failed one included. */
  attempts = 1;

  /** @param retryable false for what no repetition mends, a permission that the process lacks for one */
  constructor(message: string, failure: TransportFailure, cause?: unknown, retryable = true) {
    super(message, { code: TRANSPORT_CODES[failure], retryable, cause });
    this.failure = failure;
  }
}

const TRANSPORT_CODES = {
  connect: "connect-failed",
  reset: "connection-reset",
  timeout: "timeout",
  unknown: "transport-failed",
} as const satisfies Record<TransportFailure, CosErrorCode>;

/** What COS holds is not what was sent. */
export class IntegrityError extends CosError {
  override readonly name = "IntegrityError";
  readonly expected: string;
  readonly actual: string;
  readonly partNumber: number | undefined;

  constructor(
    message: string,
    details: { expected: string; actual: string; partNumber?: number | undefined },
  ) {
    super(`${message}: expected ${details.expected}, got ${details.actual}`, {
      code: "integrity",
      retryable: true,
    });
    this.expected = details.expected;
    this.actual = details.actual;
    this.partNumber = details.partNumber;
  }
}

/** The bytes to upload changed, ended early, ran over, or cannot be read. */
export class SourceError extends CosError {
  override readonly name = "SourceError";

  constructor(
    message: string,
    code: "source-changed" | "source-unreadable" | "source-length",
    cause?: unknown,
    hint?: string,
  ) {
    super(message, { code, retryable: false, cause, hint });
  }
}

/** The checkpoint is held by another upload, or is required and cannot be used. */
export class CheckpointError extends CosError {
  override readonly name = "CheckpointError";

  constructor(
    message: string,
    code: "checkpoint-locked" | "checkpoint-unusable",
    cause?: unknown,
    hint?: string,
  ) {
    super(message, { code, retryable: code === "checkpoint-locked", cause, hint });
  }
}

/** A wrong argument; nothing was sent. `parameter` is its name. */
export class ArgumentTypeError extends TypeError {
  override readonly name = "TypeError";
  readonly parameter: string;

  constructor(parameter: string, accepted: string) {
    super(`${parameter}: ${accepted}`);
    this.parameter = parameter;
  }
}

/** An argument out of range; nothing was sent. `parameter` is its name. */
export class ArgumentRangeError extends RangeError {
  override readonly name = "RangeError";
  readonly parameter: string;

  constructor(parameter: string, accepted: string) {
    super(`${parameter}: ${accepted}`);
    this.parameter = parameter;
  }
}
