/** The `code` of a {@link FleetError}. */
export type FleetErrorCode =
  | "redis-unreachable"
  | "redis-version"
  | "redis-eviction"
  /** Redis holds as much as its `maxmemory` allows. */
  | "redis-full"
  /** Redis is a replica. */
  | "redis-read-only"
  /** Redis has lost entries while they were added. */
  | "redis-lost"
  | "run-unknown"
  | "run-differs"
  | "manifest-changed"
  /** COS refuses everything that this worker sends: its keys are wrong or expired, or its clock is wrong. */
  | "worker-refused"
  /** The region of this worker has no such bucket. */
  | "bucket-missing";

/** Redis, or what it holds of a run, is not what the call needs. The message is one line that says what to set. */
export class FleetError extends Error {
  /** The name of the class. */
  override readonly name = "FleetError";
  /** What went wrong, for programs. */
  readonly code: FleetErrorCode;

  /** Created by this package. */
  constructor(code: FleetErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
