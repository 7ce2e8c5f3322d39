// Each class of error has codes of its own, so that a code tells the class.

/** The `code` of a ServiceError. */
export type ServiceErrorCode =
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
  | "connection-reset"
  | "timeout";

/** The `code` of a TransportError. Two of them COS itself can report, too: then the error is a ServiceError. */
export type TransportErrorCode = "connect-failed" | "connection-reset" | "timeout" | "transport-failed";

/** The `code` of a SourceError. */
export type SourceErrorCode = "source-changed" | "source-unreadable" | "source-length";

/** The `code` of a CheckpointError. */
export type CheckpointErrorCode = "checkpoint-locked" | "checkpoint-unusable";

/** The `code` of a TargetError, which `@cosup/node/download` and `@cosup/deno/download` export. */
export type TargetErrorCode = "target-exists" | "target-unwritable";

/** The `code` of a CosError of no other class. */
export type PlainErrorCode =
  | "conflict"
  | "unexpected-response"
  | "outcome-unknown"
  | "subrequests-exhausted"
  | "client-closed";

/** The `code` of a CosError. Codes may be added; none changes its meaning. docs/errors.md explains each. */
export type CosErrorCode =
  | ServiceErrorCode
  | TransportErrorCode
  | "integrity"
  | SourceErrorCode
  | CheckpointErrorCode
  | TargetErrorCode
  | PlainErrorCode;
