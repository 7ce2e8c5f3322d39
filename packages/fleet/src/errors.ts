/** Why an entry could not be stored, where no request to COS says it. Codes may be added; none changes its meaning. */
export type TransferErrorCode =
  /** There is no such file, URL or object. */
  | "source-not-found"
  /** The file cannot be read. */
  | "source-unreadable"
  /** The server of a URL refuses to give it. */
  | "source-refused"
  /** The server of a URL cannot be reached, or does not give it now. */
  | "source-unavailable"
  /** The source is not what it was when its upload began. */
  | "source-changed"
  /** The source does not have the `size` of the manifest. */
  | "source-size"
  /** The server of a URL ignores `Range`, so that the object cannot be uploaded in parts. */
  | "ranges-unsupported"
  /** A URL has neither ETag nor Last-Modified, so that the parts of an object could be of two versions. */
  | "source-without-version"
  /** The server of a URL gives its bytes with a Content-Encoding. */
  | "source-encoded"
  /** The source is too large for one request. */
  | "too-large"
  /** COS does not hold all parts. */
  | "parts-missing"
  /** COS no longer knows the upload, and the object at the key is not the source. */
  | "upload-gone"
  /** COS has no CRC64 with which the object could be verified. */
  | "unverified";

/** What a {@link TransferError} contains besides its message. */
export interface TransferErrorOptions {
  /** What went wrong, for programs. */
  readonly code: TransferErrorCode;
  /** Whether the same call, made again later, may succeed. */
  readonly retryable: boolean;
  /** What the user can do, in one sentence. */
  readonly hint?: string | undefined;
  /** The error that caused it. */
  readonly cause?: unknown;
}

/** An entry could not be stored. Its message never contains the query of a URL, which may be a signature. */
export class TransferError extends Error {
  /** The name of the class. */
  override readonly name = "TransferError";
  /** What went wrong, for programs. */
  readonly code: TransferErrorCode;
  /** Whether the same call, made again later, may succeed. */
  readonly retryable: boolean;
  /** What the user can do, in one sentence. */
  readonly hint: string | undefined;

  /** Created by the functions of this package. */
  constructor(message: string, options: TransferErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable;
    this.hint = options.hint;
  }
}
