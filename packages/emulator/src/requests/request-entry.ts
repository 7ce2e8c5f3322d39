import type { OperationName } from "../request/operation.ts";

/** One request, as the emulator has handled it. It holds no signature and no token. */
export interface RequestEntry {
  /** When it arrived, by the emulator's clock: milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds until the response was ready. The time to send its body is not part of it. */
  readonly durationMs: number;
  /** What the response carries as `x-cos-request-id`. */
  readonly requestId: string;
  readonly method: string;
  /** Undefined: it was refused before its operation was known. */
  readonly operation: OperationName | undefined;
  readonly bucket: string | undefined;
  /** Undefined: the request addressed a bucket or the service. The path of a request to the control API. */
  readonly key: string | undefined;
  readonly partNumber: number | undefined;
  /** The multipart upload that the request names. */
  readonly uploadId: string | undefined;
  /** `hung-up`: the connection was closed without a response. */
  readonly status: number | "hung-up";
  /** COS's code of a refusal, such as `NoSuchKey`. */
  readonly code: string | undefined;
  /** The Content-Length of the request; undefined for a chunked body. */
  readonly requestBytes: number | undefined;
  /** The Content-Length of the response; undefined for a chunked body. */
  readonly responseBytes: number | undefined;
  /** The kinds of the faults that fired before the response was ready. */
  readonly faults: readonly string[];
}
