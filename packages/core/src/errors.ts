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
  | "unexpected-response"
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
  | "subrequests-exhausted"
  | "client-closed";

/** What a {@link CosError} is made of. */
export interface CosErrorOptions {
  /** What went wrong, as programs tell it. */
  readonly code: CosErrorCode;
  /** Whether the same call, made again later, may succeed. Decided once, where the error is made. */
  readonly retryable: boolean;
  /** What it was caused by. */
  readonly cause?: unknown;
  /** How to go on, in one sentence. */
  readonly hint?: string | undefined;
}

/** Base of everything that can go wrong after the arguments were accepted. */
export class CosError extends Error {
  /** The class's name. */
  override readonly name: string = "CosError";
  /** What went wrong, as programs tell it. */
  readonly code: CosErrorCode;
  /** Whether the same call, made again later, may succeed. */
  readonly retryable: boolean;
  /** How to go on, in one sentence; set by calls that can be resumed. */
  hint: string | undefined;

  /** Made where the failure is seen. */
  constructor(message: string, options: CosErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
    this.hint = options.hint;
  }
}

/** COS answered, and refused. `cosCode` is COS's own word (`NoSuchUpload`, `SlowDown`, …). */
export class ServiceError extends CosError {
  /** The class's name. */
  override readonly name = "ServiceError";
  /** The HTTP status. */
  readonly status: number;
  /** COS's own word for it. */
  readonly cosCode: string;
  /** `x-cos-request-id`: Tencent asks for it when something is wrong. */
  readonly requestId: string | undefined;
  /** What COS says it was about. */
  readonly resource: string | undefined;

  /** Made where the failure is seen. */
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

/** How an exchange broke before a response was complete. */
export type TransportFailure = "connect" | "reset" | "timeout" | "unknown";

/** There was no response, or not a complete one. */
export class TransportError extends CosError {
  /** The class's name. */
  override readonly name = "TransportError";
  /** How the exchange broke. */
  readonly failure: TransportFailure;
  /** Attempts made, the failed one included. */
  attempts = 1;

  /**
   * Made where the failure is seen.
   * @param retryable false for what no repetition mends, a permission that the process lacks for one
   */
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
  /** The class's name. */
  override readonly name = "IntegrityError";
  /** The digest of the local bytes. */
  readonly expected: string;
  /** The digest that COS has, or the caller gave. */
  readonly actual: string;
  /** The part it was about; undefined: the whole object. */
  readonly partNumber: number | undefined;

  /** Made where the failure is seen. */
  constructor(
    message: string,
    details: { expected: string; actual: string; partNumber?: number | undefined },
    options: { readonly retryable?: boolean; readonly hint?: string } = {},
  ) {
    super(`${message}: expected ${details.expected}, got ${details.actual}`, {
      code: "integrity",
      retryable: options.retryable ?? true,
      hint: options.hint,
    });
    this.expected = details.expected;
    this.actual = details.actual;
    this.partNumber = details.partNumber;
  }
}

/** The bytes to upload changed, ended early, ran over, or cannot be read. */
export class SourceError extends CosError {
  /** The class's name. */
  override readonly name = "SourceError";

  /** Made where the failure is seen. */
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
  /** The class's name. */
  override readonly name = "CheckpointError";

  /** Made where the failure is seen. */
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
  /** The class's name. */
  override readonly name = "TypeError";
  /** The parameter's name. */
  readonly parameter: string;

  /** Made where the failure is seen. */
  constructor(parameter: string, accepted: string) {
    super(`${parameter}: ${accepted}`);
    this.parameter = parameter;
  }
}

/** An argument out of range; nothing was sent. `parameter` is its name. */
export class ArgumentRangeError extends RangeError {
  /** The class's name. */
  override readonly name = "RangeError";
  /** The parameter's name. */
  readonly parameter: string;

  /** Made where the failure is seen. */
  constructor(parameter: string, accepted: string, cause?: unknown) {
    super(`${parameter}: ${accepted}`, cause === undefined ? undefined : { cause });
    this.parameter = parameter;
  }
}

/**
 * Makes `instanceof` true for the same class of another copy of this package. A program may hold two: `@cosup/node`
 * contains core, and `@cosup/core` can be imported beside it. Each class has a mark of its own, which its instances
 * inherit; classes that others derive are compared by their prototype, as usual.
 */
function recognizeCopies(type: abstract new (...parameters: never) => Error, name: string): void {
  const mark = Symbol.for(`@cosup/core ${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as typeof type, value);
      return typeof value === "object" && value !== null && mark in value;
    },
  });
}

recognizeCopies(CosError, "CosError");
recognizeCopies(ServiceError, "ServiceError");
recognizeCopies(TransportError, "TransportError");
recognizeCopies(IntegrityError, "IntegrityError");
recognizeCopies(SourceError, "SourceError");
recognizeCopies(CheckpointError, "CheckpointError");
recognizeCopies(ArgumentTypeError, "ArgumentTypeError");
recognizeCopies(ArgumentRangeError, "ArgumentRangeError");

/** Whether something that was thrown is a {@link CosError}, of this copy of the package or of another. */
export function isCosError(error: unknown): error is CosError {
  return error instanceof CosError;
}
