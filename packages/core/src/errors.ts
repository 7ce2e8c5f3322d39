import type {
  CheckpointErrorCode,
  CosErrorCode,
  PlainErrorCode,
  ServiceErrorCode,
  SourceErrorCode,
  TargetErrorCode,
  TransportErrorCode,
} from "./error-codes.ts";
import { recognizeCopies } from "./recognize-copies.ts";

export { ArgumentRangeError, ArgumentTypeError } from "./argument-errors.ts";
export type * from "./error-codes.ts";

/** What a {@link CosError} contains besides its message. */
export interface CosErrorOptions {
  /** What went wrong, for programs. */
  readonly code: CosErrorCode;
  /** Whether the same call, made again later, may succeed. Decided once, where the error is made. */
  readonly retryable: boolean;
  /** The error that caused it. */
  readonly cause?: unknown;
  /** What the caller can do, in one sentence. */
  readonly hint?: string | undefined;
}

/** Base class of all errors that occur after the parameters were accepted. */
export class CosError extends Error {
  /** The name of the class. */
  override readonly name: string = "CosError";
  /** What went wrong, for programs. */
  readonly code: CosErrorCode;
  /** Whether the same call, made again later, may succeed. */
  readonly retryable: boolean;
  /** What the caller can do, in one sentence. */
  hint: string | undefined;

  /** Created by core and by adapters. */
  constructor(message: string, options: CosErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
    this.hint = options.hint;
  }
}

/** COS, or a proxy, responded and did not do what was asked. */
export class ServiceError extends CosError {
  /** The name of the class. */
  override readonly name = "ServiceError";
  /** What went wrong, for programs. */
  declare readonly code: ServiceErrorCode;
  /** The HTTP status. */
  readonly status: number;
  /** COS's code, such as `NoSuchUpload` or `SlowDown`; empty when there is none. */
  readonly cosCode: string;
  /** `x-cos-request-id`, which Tencent's support asks for; undefined when the response did not come from COS. */
  readonly requestId: string | undefined;
  /** The bucket or object, as COS names it. */
  readonly resource: string | undefined;

  /** Created by core and by adapters. */
  constructor(
    message: string,
    options: CosErrorOptions & {
      readonly code: ServiceErrorCode;
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

/**
 * How a request failed without a complete response: `connect`, no connection, so nothing was sent; `reset`, the connection
 * broke; `timeout`, nothing moved for too long; `unknown`, the runtime does not tell.
 */
export type TransportFailure = "connect" | "reset" | "timeout" | "unknown";

/** There was no response, or an incomplete one. */
export class TransportError extends CosError {
  /** The name of the class. */
  override readonly name = "TransportError";
  /** What went wrong, for programs. */
  declare readonly code: TransportErrorCode;
  /** How the request failed. */
  readonly failure: TransportFailure;
  /** Attempts made, the failed one included. */
  attempts = 1;

  /**
   * Created by core and by adapters.
   * @param retryable false when every further attempt would fail in the same way, for want of a permission for one
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
} as const satisfies Record<TransportFailure, TransportErrorCode>;

/** What COS holds, or received, differs from what was sent, or what arrived from what COS holds. */
export class IntegrityError extends CosError {
  /** The name of the class. */
  override readonly name = "IntegrityError";
  /** What went wrong, for programs. */
  declare readonly code: "integrity";
  /** The checksum of the local bytes. */
  readonly expected: string;
  /** The checksum that COS has, or that the caller gave. */
  readonly actual: string;
  /** The part; undefined: the whole object. */
  readonly partNumber: number | undefined;

  /** Created by core and by adapters. */
  constructor(
    message: string,
    details: { expected: string; actual: string; partNumber?: number | undefined },
    options: { readonly retryable?: boolean; readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(`${message}: expected ${details.expected}, got ${details.actual}`, {
      code: "integrity",
      retryable: options.retryable ?? true,
      hint: options.hint,
      cause: options.cause,
    });
    this.expected = details.expected;
    this.actual = details.actual;
    this.partNumber = details.partNumber;
  }
}

/** The bytes to upload changed, ended early, are more than announced, or cannot be read. */
export class SourceError extends CosError {
  /** The name of the class. */
  override readonly name = "SourceError";
  /** What went wrong, for programs. */
  declare readonly code: SourceErrorCode;

  /** Created by core and by adapters. */
  constructor(message: string, code: SourceErrorCode, cause?: unknown, hint?: string) {
    super(message, { code, retryable: false, cause, hint });
  }
}

/** The checkpoint is used by another upload, or is required and cannot be used. */
export class CheckpointError extends CosError {
  /** The name of the class. */
  override readonly name = "CheckpointError";
  /** What went wrong, for programs. */
  declare readonly code: CheckpointErrorCode;

  /** Created by core and by adapters. */
  constructor(message: string, code: CheckpointErrorCode, cause?: unknown, hint?: string) {
    super(message, { code, retryable: code === "checkpoint-locked", cause, hint });
  }
}

recognizeCopies(CosError, "CosError");
recognizeCopies(ServiceError, "ServiceError");
recognizeCopies(TransportError, "TransportError");
recognizeCopies(IntegrityError, "IntegrityError");
recognizeCopies(SourceError, "SourceError");
recognizeCopies(CheckpointError, "CheckpointError");

/**
 * Every error of this package that is not about a wrong argument. Its `code` says which class it is: after
 * `case "integrity":` of a `switch (error.code)`, TypeScript knows `error.expected`.
 */
export type AnyCosError =
  | ServiceError
  | TransportError
  | IntegrityError
  | SourceError
  | CheckpointError
  | (CosError & { readonly code: TargetErrorCode })
  | (CosError & { readonly code: PlainErrorCode });

/**
 * Whether a thrown value is a {@link CosError}, of this copy of the package or of another.
 *
 * @example
 * ```ts
 * import { isCosError } from "@cosup/node";
 *
 * function explain(error: unknown): string {
 *   if (!isCosError(error)) return String(error);
 *   switch (error.code) {
 *     case "integrity":
 *       return `COS has ${error.actual}, not ${error.expected}`;
 *     case "checkpoint-locked":
 *       return "another process uploads this file";
 *     default:
 *       return error.hint ?? error.message;
 *   }
 * }
 * ```
 */
export function isCosError(error: unknown): error is AnyCosError {
  return error instanceof CosError;
}
